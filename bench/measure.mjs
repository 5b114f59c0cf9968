import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER } from './account.mjs';
import { sendAll } from './load.mjs';
import { makeRequests } from './pushes.mjs';

/** What a server still does with the last push after its answer (log, journal, queue) counts too. */
const AFTERMATH_MS = 120;
const LATE_ANSWERS_WITHIN_MS = 60_000;
/** A round is cut into turns, all servers taking theirs one after the other: what else runs here changes within seconds. */
const TURNS = 2;

/**
 * Runs all servers side by side, in rounds and turns: every server once with the same pushes, then all again, so that
 * whatever else the machine does falls on all of them. A late server's round ends when its last answer has reached WeChat.
 *
 * Out: one entry per server, mode and round: µs of the server's CPU per push, pushes per second, ms of the answers.
 */
export async function measure(candidates, { modes, scene, rounds, requests, warm, connections, say }) {
  const running = [];
  const results = [];
  try {
    for (const mode of modes)
      for (const { name, says, late = false, beside, start } of candidates)
        running.push({ name, mode, says, late, beside, server: await start({ ...scene, mode }) });
    for (const one of running) {
      say(`warming ${one.name} (${one.mode})`);
      await runOnce(one, makeRequests(warm, one.mode), connections);
    }
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const mode of modes) {
        const servers = running.filter((one) => one.mode === mode);
        const turns = new Map(servers.map((one) => [one, []]));
        for (let turn = 0; turn < TURNS; turn += 1) {
          const pushes = makeRequests(Math.ceil(requests / TURNS), mode);
          // Another one begins each time, so that nobody always comes after the same neighbour.
          const first = (round * TURNS + turn) % servers.length;
          for (const one of [...servers.slice(first), ...servers.slice(0, first)])
            turns.get(one).push(await runOnce(one, pushes, connections));
        }
        for (const one of servers)
          results.push({ name: one.name, mode, beside: one.beside, round, ...together(turns.get(one)) });
      }
    }
    // Back into the order of the table.
    const place = new Map(running.map(({ name }, index) => [name, index]));
    return results.sort((a, b) => place.get(a.name) - place.get(b.name));
  } finally {
    for (const { server } of running) await server.stop();
  }
}

async function runOnce({ server, late, name, mode, says }, pushes, connections) {
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

/** The turns of one server in one round, as one figure each. */
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

/** A server that refuses or says nothing would be fast. `text` holds bytes, one a character. */
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
