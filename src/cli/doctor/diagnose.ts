import { collectFacts, readSettings, type DoctorDeps, type DoctorRequest } from './collect-facts.js';
import { STEPS } from './steps.js';
import type { Finding, StepId } from './step.js';

/** A step with its finding. */
export interface JudgedStep extends Finding {
  readonly id: StepId;
  /** Duration of its probe; of steps that share a probe only one has it. */
  readonly ms: number;
}

export interface Diagnosis {
  /** True if there is no fault; there may be warnings. */
  readonly ok: boolean;
  /** The first fault. */
  readonly first?: StepId;
  readonly steps: readonly JudgedStep[];
}

/** Collects all facts, then judges them by the table of steps. @throws UsageInvalid if there is no such account */
export async function diagnose(
  request: DoctorRequest,
  deps: DoctorDeps,
  onLook?: (id: StepId) => void,
): Promise<Diagnosis> {
  const { facts, times } = await collectFacts(readSettings(request), request, deps, onLook);
  const steps = STEPS.map(({ id, judge }) => ({ id, ...judge(facts), ms: times[id] ?? 0 }));
  const first = steps.find(({ state }) => state === 'fault')?.id;
  return { ok: first === undefined, ...(first !== undefined && { first }), steps };
}
