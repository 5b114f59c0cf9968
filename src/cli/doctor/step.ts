import type { Words } from '../../protocol/words.js';
import type { Facts } from './facts.js';

/** Steps of `doctor`, in this order. The ids are a contract: `--json` and docs/troubleshooting.md use them. */
export const STEP_IDS = [
  'settings',
  'handlers',
  'data-dir',
  'redis',
  'clock',
  'listener',
  'url-name',
  'url-connect',
  'url-tls',
  'url-port',
  'url-redirect',
  'url-path',
  'token',
  'mode',
  'aes-key',
  'app-id',
  'body',
  'answer',
  'access-points',
  'secret',
  'whitelist',
  'refresher',
  'rights',
  'callback-check',
  'quota',
] as const;

export type StepId = (typeof STEP_IDS)[number];

export type { Language, Words } from '../../protocol/words.js';

/** Finding of a step. `skipped`: the step could not run, or does not apply. */
export interface Finding {
  readonly state: 'ok' | 'fault' | 'warning' | 'skipped';
  readonly says: Words;
  /** Advice to the operator; only for faults and warnings. */
  readonly cure?: Words;
}

/** One row of the table of steps. `judge` is pure: the same facts give the same finding. */
export interface Step {
  readonly id: StepId;
  /** The consequence of a fault in this step. */
  readonly matters: Words;
  readonly judge: (facts: Facts) => Finding;
}

export const ok = (zh: string, en: string): Finding => ({ state: 'ok', says: { zh, en } });
export const skipped = (zh: string, en: string): Finding => ({ state: 'skipped', says: { zh, en } });
export const fault = (says: Words, cure: Words): Finding => ({ state: 'fault', says, cure });
export const warning = (says: Words, cure: Words): Finding => ({ state: 'warning', says, cure });
