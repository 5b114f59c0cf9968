import { rmSync } from 'node:fs';
import { here, makeDataDir, startOurs } from './candidates.mjs';
import { sendAll, sendApart, sendSteadily } from './load.mjs';
import { startNode } from './processes.mjs';
import { makeRequests } from './pushes.mjs';

const WARM = 6_000;
const STEADY = { perSecond: 600, seconds: 10 };
const BURST = { pushes: 800, withinMs: 100, times: 5, apartMs: 900 };
/** All are held at once: the last one arrives before the first one is answered. */
const HELD = { warm: 500, pushes: 10_000, withinMs: 4_300, deadlineMs: 4_500, waitsMs: 5_000 };
const STARTS = 5;
const JOURNALED = 20_000;

/**
 * Measures limits other than CPU, each with its goal and with node:http in the same run as the baseline. Other load of
 * the machine affects all of them: a bad baseline means a bad figure.
 *
 * Out: rows of `what`, `server`, `figure` and `unit`, `goal` where there is one, and `floor`.
 */
export async function measureLimits({ scene, say }) {
  const servers = [
    { name: 'embedded', start: (options) => startOurs(scene, options) },
    ...(scene.redis === undefined
      ? []
      : [{ name: 'redis', start: (options) => startOurs(scene, { ...options, redis: true }) }]),
  ];
  const rows = [];
  for (const part of [steady, bursts, held, starts]) {
    say(part.name);
    const floor = await part(startFloor, scene);
    for (const { name, start } of servers) {
      const figures = await part(start, scene);
      for (const [index, figure] of figures.entries())
        rows.push({ server: name, ...figure, goal: figure.goal?.[name], floor: floor[index]?.figure });
    }
  }
  rows.push(...(await startsOverJournal(scene, say)));
  return rows;
}

const startFloor = ({ holdMs = 0 }) =>
  startNode(here('servers/node-http.mjs'), { env: { HOLD_MS: String(holdMs) } });

async function steady(start, { mode }) {
  const server = await start({});
  try {
    await sendAll(server.port, makeRequests(WARM, mode), 32);
    const { perSecond, seconds } = STEADY;
    const { latencies } = await sendSteadily(server.port, makeRequests(perSecond * seconds, mode), perSecond);
    return [
      { what: `p99 at ${perSecond}/s`, figure: percentile(latencies, 0.99), unit: 'ms', goal: both(12) },
      { what: `slowest at ${perSecond}/s`, figure: Math.max(...latencies), unit: 'ms' },
    ];
  } finally {
    await server.stop();
  }
}

async function bursts(start, { mode }) {
  const server = await start({});
  try {
    await sendAll(server.port, makeRequests(WARM, mode), 32);
    const latencies = [];
    for (let time = 0; time < BURST.times; time += 1) {
      const pushes = makeRequests(BURST.pushes, mode);
      latencies.push(...(await sendApart(server.port, pushes, BURST.withinMs)).latencies);
      await pause(BURST.apartMs);
    }
    return [
      {
        what: `p99 of bursts, ${BURST.pushes} new connections in ${BURST.withinMs} ms`,
        figure: percentile(latencies, 0.99),
        unit: 'ms',
        goal: both(200),
      },
      { what: 'unanswered of these', figure: count(latencies, (ms) => ms < 0), unit: '', goal: both(0) },
    ];
  } finally {
    await server.stop();
  }
}

async function held(start, { mode }) {
  const server = await start({ handlers: 'held', holdMs: HELD.deadlineMs });
  try {
    if (start !== startFloor) await sendAll(server.port, makeRequests(WARM, mode), 32);
    await sendAll(server.port, makeRequests(HELD.warm, mode), HELD.warm);
    const before = (await server.ask('usage')).rssKb;
    const sending = sendApart(server.port, makeRequests(HELD.pushes, mode), HELD.withinMs);
    let most = before;
    do most = Math.max(most, (await server.ask('usage')).rssKb);
    while (!(await Promise.race([sending.then(() => true), pause(100)])));
    const { latencies } = await sending;
    return [
      {
        what: `late or unanswered of ${HELD.pushes} slow handlers`,
        figure: count(latencies, (ms) => ms < 0 || ms > HELD.waitsMs),
        unit: '',
        goal: both(0),
      },
      { what: 'memory of each', figure: (most - before) / HELD.pushes, unit: 'KB', goal: both(30) },
    ];
  } finally {
    await server.stop();
  }
}

async function starts(start) {
  return [
    {
      what: 'start to listening',
      figure: await medianStart(() => start({})),
      unit: 'ms',
      goal: { embedded: 450, redis: 600 },
    },
  ];
}

/** Measures a start over a journal of many pushes, which is read before the server listens. */
async function startsOverJournal(scene, say) {
  say('starts over a journal');
  const dataDir = makeDataDir();
  try {
    const first = await startOurs(scene, { dataDir });
    await sendAll(first.port, makeRequests(JOURNALED, scene.mode), 32);
    await first.stop();
    const figure = await medianStart(() => startOurs(scene, { dataDir }));
    return [
      { server: 'embedded', what: `start after ${JOURNALED} pushes in ten minutes`, figure, unit: 'ms' },
    ];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function medianStart(start) {
  const times = [];
  for (let time = 0; time < STARTS; time += 1) {
    const server = await start();
    times.push(server.startMs);
    await server.stop();
  }
  return percentile(times, 0.5);
}

const both = (goal) => ({ embedded: goal, redis: goal });
const count = (values, test) => values.filter(test).length;
const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
