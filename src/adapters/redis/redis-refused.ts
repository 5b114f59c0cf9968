import type { Redis } from 'ioredis';
import { AppError } from '../../protocol/app-error.js';
import { reasonOf } from './connection.js';

/** Redis answers, and its answer is no: waiting does not change that. */
export class RedisRefused extends AppError {
  readonly code = 'redis_refused';
  constructor(reason: string) {
    super(`Redis refuses this server (${reason}): ${ADVICE.get(reason) ?? 'see what its log says'}.`);
  }
}

/** What to do, by the first word of Redis's answer. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['WRONGPASS', 'user or password in REDIS_URL are not right'],
  [
    'NOAUTH',
    'it wants a password; write it into REDIS_URL, as redis://:password@host or redis://user:password@host',
  ],
  [
    'NOPERM',
    'the user in REDIS_URL lacks rights. It needs the keys that begin with {wechat} and everything but the dangerous commands: ' +
      'ACL SETUSER name ~{wechat}* +@all -@dangerous',
  ],
  ['MOVED', 'it is a node of a cluster that does not hold our keys'],
]);

/** Notes what a connection is refused with, until it is ready. */
export function noteRefusals(client: Redis): () => string | undefined {
  let refusal: string | undefined;
  client.on('error', (error: unknown) => {
    const reason = reasonOf(error);
    if (ADVICE.has(reason)) refusal = reason;
  });
  client.on('ready', () => (refusal = undefined));
  return () => refusal;
}

/** Does something harmless that the server needs the right to. @throws RedisRefused */
export async function demandRight(trial: Promise<unknown>): Promise<void> {
  try {
    await trial;
  } catch (error) {
    const reason = reasonOf(error);
    // Whatever else it is may pass: an outage is no fault.
    if (ADVICE.has(reason)) throw new RedisRefused(reason);
  }
}
