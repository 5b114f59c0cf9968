import { z } from 'zod';
import { Problem } from '../http-api/problem.js';
import {
  accountChange,
  actRequest,
  bookRequest,
  faultRequest,
  pushRequest,
  read,
  replayRequest,
} from '../http-api/schemas.js';

/** The longest duration by which the sandbox's clock can be moved. */
const MAX_DURATION_MS = 400 * 86_400_000;
const duration = z
  .union([z.number().min(0), z.string().regex(/^\d+(\.\d+)?(ms|s|min|h|d)$/)])
  .refine((length) => milliseconds(length) <= MAX_DURATION_MS, 'longer than 400d');
const expected = z.record(z.string(), z.unknown());
const name = z.string().min(1);

const step = z.union([
  z.strictObject({ push: pushRequest, as: name.exactOptional(), expect: expected.exactOptional() }),
  z.strictObject({ start: pushRequest, as: name }),
  z.strictObject({ finish: name, expect: expected.exactOptional() }),
  z.strictObject({ replay: replayRequest, as: name.exactOptional(), expect: expected.exactOptional() }),
  z.strictObject({
    act: actRequest,
    as: name.exactOptional(),
    expect: z.union([expected, z.array(expected)]).exactOptional(),
  }),
  z.strictObject({ handshake: z.literal(true), expect: expected.exactOptional() }),
  z.strictObject({ advance: duration }),
  z.strictObject({ wait: duration }),
  z.strictObject({ account: accountChange }),
  z.strictObject({ fault: faultRequest }),
  z.strictObject({ clearFaults: z.literal(true) }),
  z.strictObject({ book: bookRequest }),
  z.strictObject({
    call: z.strictObject({
      path: z.string().startsWith('/'),
      method: z.enum(['GET', 'POST']).exactOptional(),
      query: z.record(z.string(), z.string()).exactOptional(),
      body: z.unknown().exactOptional(),
      /** Fetches a token by this channel first and adds it; a text beginning with `=` is added as it is. */
      token: z.string().exactOptional(),
      accessPoint: z.string().exactOptional(),
    }),
    save: z.record(z.string(), z.string()).exactOptional(),
    expect: expected.exactOptional(),
  }),
  z.strictObject({ chat: expected, times: z.int().min(0).exactOptional(), within: duration.exactOptional() }),
  z.strictObject({
    calls: expected,
    times: z.int().min(0).exactOptional(),
    within: duration.exactOptional(),
  }),
  z.strictObject({
    exchanges: expected,
    times: z.int().min(0).exactOptional(),
    within: duration.exactOptional(),
  }),
  z.strictObject({ windows: expected }),
]);

const scenario = z.strictObject({
  name,
  /** Settings that the server under test needs, for the program that starts it. */
  needs: z.record(z.string(), z.string()).exactOptional(),
  account: accountChange.exactOptional(),
  steps: z.array(step).min(1),
});

export type Step = z.infer<typeof step>;
export type Scenario = z.infer<typeof scenario>;

/** Each step by its first key, which names it. */
const schemaOf = new Map<string, z.ZodType<Step>>(
  step.options.map((option) => [Object.keys(option.shape)[0] ?? '', option]),
);

/** Reads a scenario. @throws Problem 400 that names the step */
export function readScenario(value: unknown): Scenario {
  const steps = typeof value === 'object' && value !== null && 'steps' in value ? value.steps : undefined;
  if (Array.isArray(steps)) steps.forEach((one: unknown, at) => readStep(one, `steps.${at}`));
  return read(scenario, value);
}

/** Reads one step; `path` stands before the fault. @throws Problem 400 that names what is misspelt */
export function readStep(value: unknown, path = ''): Step {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const kind = keys.find((key) => schemaOf.has(key));
  const schema = kind === undefined ? undefined : schemaOf.get(kind);
  if (schema !== undefined) return read(schema, value, path);
  const [written = ''] = keys;
  const kinds = [...schemaOf.keys()];
  throw new Problem(400, {
    en: `${path || 'the step'}: there is no step ${JSON.stringify(written)}; there are ${kinds.join(', ')}`,
    zh: `${path || '这一步'}：没有 ${JSON.stringify(written)} 这种步骤，可用的是 ${kinds.join('、')}`,
  });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `48h`, `90s`, or milliseconds as a number. */
export function milliseconds(length: number | string): number {
  if (typeof length === 'number') return length;
  const [, figure, unit = 'ms'] = /^([\d.]+)([a-z]+)$/.exec(length) ?? [];
  return Number(figure) * (UNITS[unit] ?? 1);
}
