import { z } from 'zod';

const maybe = <T extends z.ZodType>(type: T) => type.exactOptional();

const statusSchema = z.object({
  status: z.enum(['ready', 'degraded', 'not-ready']),
  why: z.string(),
  version: z.string(),
  process: z.object({ id: z.number(), role: z.enum(['all', 'web', 'worker']) }),
  accounts: z.array(
    z.object({
      name: z.string(),
      appId: z.string(),
      path: z.string(),
      cipherMode: z.enum(['plaintext', 'compatible', 'safe']),
      lastAcceptedAt: maybe(z.iso.datetime()),
      callbacksByWechat: maybe(z.object({ date: z.string(), pushes: z.number(), failed: z.number() })),
      token: z
        .object({
          trouble: maybe(z.string()),
          superseded: maybe(z.object({ times: z.number(), lastAtMs: z.number(), advice: z.string() })),
        })
        .nullable(),
      fingerprints: z.object({
        token: z.array(z.string()),
        aesKey: z.array(z.string()),
        appSecret: maybe(z.string()),
      }),
    }),
  ),
  storage: z.object({ kind: z.enum(['journal', 'redis']), dataDir: z.string() }),
  refusals: z.array(
    z.object({
      account: z.string(),
      reason: z.string(),
      count: z.number(),
      signed: z.boolean(),
      lastAtMs: z.number(),
      remote: maybe(z.string()),
    }),
  ),
  probes: z.record(z.string(), z.string()),
});

/** Fields of `GET /status` of the running server that `doctor` compares. */
export type RunningServer = z.infer<typeof statusSchema>;
export type RunningAccount = RunningServer['accounts'][number];

/** Parses the status. A server of another version may have another form; then nothing is compared. */
export function readRunningServer(status: unknown): RunningServer | 'nobody' {
  return statusSchema.safeParse(status).data ?? 'nobody';
}
