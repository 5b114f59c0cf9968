import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER } from './account.mjs';
import { sendAll } from './load.mjs';
import { makeRequests } from './pushes.mjs';

/** The work of a server after its last answer (log, journal, queue) counts, too. */
const AFTERMATH_MS = 120;
const LATE_ANSWERS_WITHIN_MS = 60_000;
const PART = 10_000;
/** Turns per round; all servers alternate, because other load of the machine changes within seconds. */
const TURNS = 2;

/**
 * Runs all servers in alternating rounds and turns with the same pushes, so that other load of the machine affects all
 * of them. The round of a server with late answers ends when the last one has reached WeChat.
 *
 * Out: one entry per server, mode and round: µs of the server's CPU per push, pushes per second, ms of the answers.
 */
export async function measure(
  candidates,
  { modes, scene, rounds, requests, warm, remembered, connections, say },
) {
  const running = [];
  const results = [];
  try {
    for (const mode of modes)
      for (const { start, ...about } of candidates)
        running.push({ ...about, mode, server: await start({ ...scene, mode }) });
    for (const one of running) {
      say(`warming ${one.name} (${one.mode})`);
      // In parts: the requests of all of them would fill this process's memory.
      for (let left = one.remembers ? remembered : warm; left > 0; left -= PART)
        await runOnce(one, makeRequests(Math.min(PART, left), one.mode), connections);
    }
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const mode of modes) {
        const servers = running.filter((one) => one.mode === mode);
        /** @type {Map<object, object[]>} */
        const turns = new Map(servers.map((one) => [one, []]));
        for (let turn = 0; turn < TURNS; turn += 1) {
          const pushes = makeRequests(Math.ceil(requests / TURNS), mode);
          // Another server begins each time, so that none always follows the same one.
          const first = (round * TURNS + turn) % servers.length;
          for (const one of [...servers.slice(first), ...servers.slice(0, first)])
            turns.get(one)?.push(await runOnce(one, pushes, connections));
        }
        for (const one of servers)
          results.push({ name: one.name, mode, beside: one.beside, round, ...together(turns.get(one)) });
      }
    }
    // Back into the order of the table.
    const place = new Map(running.map(({ name }, index) => [name, index]));
    return results.sort((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
  } finally {
    for (const { server } of running) await server.stop();
  }
}

async function runOnce({ server, late = false, name, mode, says }, pushes, connections) {
  const sentBefore = late ? await server.sent() : 0;
  const before = await server.ask('usage');
  const { ms, latencies, sample } = await sendAll(server.port, pushes, connections);
  if (!isRight(sample, says, mode)) throw new Error(`${name} (${mode}) answered ${JSON.stringify(sample)}`);
  if (late) await untilSent(server, sentBefore + pushes.length, name);
  await sleep(AFTERMATH_MS);
  const after = await server.ask('usage');
  const cpuUs = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return { pushes: pushes.length, cpuUs, ms, latencies, rssMb: after.rssKb / 1024 };
}

/** Combines the turns of a server in one round. */
function together(turns) {
  const sum = (figure) => turns.reduce((total, turn) => total + turn[figure], 0);
  const latencies = turns.flatMap((turn) => turn.latencies).sort((a, b) => a - b);
  return {
    cpuUs: sum('cpuUs') / sum('pushes'),
    perSecond: (sum('pushes') * 1000) / sum('ms'),
    p99Ms: latencies[Math.floor(latencies.length * 0.99)],
    rssMb: turns.at(-1).rssMb,
  };
}

/**
 * Checks the answer, because a server that refuses or answers nothing would be fast. `text` holds one byte per
 * character.
 */
function isRight(text, says, mode) {
  if (says === 'success') return text === 'success';
  return Buffer.from(text, 'latin1').includes(mode === 'safe' ? '<Encrypt>' : ANSWER);
}

async function untilSent(server, count, name) {
  const until = Date.now() + LATE_ANSWERS_WITHIN_MS;
  while ((await server.sent()) < count) {
    if (Date.now() > until) throw new Error(`${name}: not all late answers reached WeChat's API`);
    await sleep(50);
  }
}
