import { parseArgs } from 'node:util';
import { candidates } from './candidates.mjs';
import { measureLimits } from './limits.mjs';
import { measure } from './measure.mjs';
import { startRedis } from './processes.mjs';
import { measureRedisCost } from './redis-cost.mjs';
import { limitsTable, redisTable, summarize, table } from './summary.mjs';

const USAGE = `npm run bench -- [options]

CPU per push of this server beside a bare node:http server, a bare Express application (F) and co-wechat on Koa.
Rounds are interleaved; read the ratios, not the microseconds.

  --rounds N        rounds per server and mode (5; 9 for figures that are written down)
  --requests N      pushes per round (4000)
  --warm N          pushes before the first round (10000; Express needs 20000 to be at its best)
  --remembered N    the same for servers of ours that answer at once: so many are in their memory then (140000)
  --connections N   kept-alive connections (64)
  --mode M          plaintext, safe or both (both)
  --only A,B        only these servers; express is always measured
  --build DIR       the build of this program that is measured (dist)
  --against DIR     another build of it, measured in the same rounds
  --profile DIR     write a CPU profile of each of our servers into this folder
  --load            instead: answers in time at 600 a second, in bursts, with 10,000 slow handlers, and the start,
                    each beside its goal and beside node:http in the same run (about two minutes)
  --redis           instead: what a push costs Redis in commands, bytes, CPU and memory (half a minute)
  --json            the figures as JSON on standard output
  --help

Servers: ${candidates.map(({ name }) => JSON.stringify(name)).join(', ')}.
Without a redis-server on this machine the ones on Redis are left out.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '4000' },
    warm: { type: 'string', default: '10000' },
    remembered: { type: 'string', default: '140000' },
    connections: { type: 'string', default: '64' },
    mode: { type: 'string', default: 'both' },
    only: { type: 'string' },
    build: { type: 'string' },
    against: { type: 'string' },
    profile: { type: 'string' },
    load: { type: 'boolean', default: false },
    redis: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  await (values.redis ? redisCost() : values.load ? load() : main());
}

async function load() {
  const redis = await startRedis();
  try {
    const rows = await measureLimits({
      scene: { redis, build: values.build, mode: 'safe' },
      say: (line) => console.error(line),
    });
    if (values.json) console.log(JSON.stringify(rows, undefined, 2));
    else console.log(limitsTable(rows));
  } finally {
    await redis?.stop();
  }
}

async function redisCost() {
  const redis = await startRedis();
  if (redis === undefined)
    throw new Error('No redis-server on this machine: install one, or leave --redis out.');
  try {
    const rows = await measureRedisCost({ redis, build: values.build, say: (line) => console.error(line) });
    console.log(values.json ? JSON.stringify(rows, undefined, 2) : redisTable(rows));
  } finally {
    await redis.stop();
  }
}

async function main() {
  const modes = values.mode === 'both' ? ['plaintext', 'safe'] : [values.mode];
  const only = values.only?.split(',').map((name) => name.trim());
  const wanted = candidates.filter(
    ({ name }) => only === undefined || name === 'express' || only.includes(name),
  );
  const wantsRedis = wanted.some(({ needs = [] }) => needs.includes('redis'));
  const redis = wantsRedis ? await startRedis() : undefined;
  const has = { redis: redis !== undefined, against: values.against !== undefined };
  const chosen = wanted.filter(({ needs = [] }) => needs.every((need) => has[need]));
  if (wantsRedis && !has.redis)
    console.error('No redis-server on this machine: the servers on Redis are left out.');
  try {
    const rounds = await measure(chosen, {
      modes,
      scene: { redis, build: values.build, against: values.against, profileDir: values.profile },
      rounds: Number(values.rounds),
      requests: Number(values.requests),
      warm: Number(values.warm),
      remembered: Number(values.remembered),
      connections: Number(values.connections),
      say: (line) => console.error(line),
    });
    const rows = summarize(rounds);
    console.log(values.json ? JSON.stringify(rows, undefined, 2) : table(rows));
  } finally {
    await redis?.stop();
  }
}
