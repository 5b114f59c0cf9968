import { Redis } from 'ioredis';
import { startOurs } from './candidates.mjs';
import { sendAll } from './load.mjs';
import { makeRequests } from './pushes.mjs';

const WARM = 500;
const PUSHES = 3_000;
const CONNECTIONS = 32;
const SENT_WITHIN_MS = 60_000;

/** By what becomes of the pushes: the handlers, and whether the round ends when all answers have reached WeChat's API. */
const CASES = [
  { what: 'answered at once', handlers: 'passive' },
  { what: 'late, waiting for a worker', handlers: 'put-off', workers: 1 },
  { what: 'late, sent', handlers: 'deferred', isSent: true },
];

/**
 * Measures the cost of a push in Redis. Every push is of another user.
 *
 * Out: a row a case; per push the scripts called, the commands run (those inside scripts included), bytes in and out,
 * µs of Redis's CPU, and bytes of memory held right after the last push.
 */
export async function measureRedisCost({ redis, build, say }) {
  const rows = [];
  for (const { what, isSent = false, ...options } of CASES) {
    say(what);
    const client = new Redis(redis.url, { db: 0 });
    const server = await startOurs({ redis, build, mode: 'plaintext' }, { ...options, redis: true });
    try {
      await sendAll(server.port, makeRequests(WARM, 'plaintext'), CONNECTIONS);
      if (isSent) await untilSent(server, WARM);
      const before = await readInfo(client);
      await sendAll(server.port, makeRequests(PUSHES, 'plaintext'), CONNECTIONS);
      if (isSent) await untilSent(server, WARM + PUSHES);
      const after = await readInfo(client);
      const each = Object.keys(before).map((name) => [name, (after[name] - before[name]) / PUSHES]);
      rows.push({ what, ...Object.fromEntries(each) });
    } finally {
      await server.stop();
      client.disconnect();
    }
  }
  return rows;
}

async function untilSent(server, count) {
  const until = Date.now() + SENT_WITHIN_MS;
  while ((await server.sent()) < count) {
    if (Date.now() > until) throw new Error(`only ${await server.sent()} of ${count} late answers were sent`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

async function readInfo(client) {
  const info = await client.info('everything');
  const figure = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
  const calls = (name) => Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return {
    scripts: calls('evalsha') + calls('eval'),
    commands: figure('total_commands_processed'),
    bytesIn: figure('total_net_input_bytes'),
    bytesOut: figure('total_net_output_bytes'),
    cpuUs: (figure('used_cpu_user') + figure('used_cpu_sys')) * 1e6,
    memory: figure('used_memory'),
  };
}
