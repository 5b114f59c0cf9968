import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER } from './account.mjs';
import { sendAll } from './load.mjs';
import { makeRequests } from './pushes.mjs';

/** What a server still does with the last push after its answer (log, journal, queue) counts too. */
const AFTERMATH_MS = 150;
const LATE_ANSWERS_WITHIN_MS = 60_000;

/**
 * Runs all servers side by side, in rounds: every server once with the same pushes, then all again, so that whatever
 * else the machine does falls on all of them. A late server's round ends when its last answer has reached WeChat.
 *
 * Out: one entry per server, mode and round: µs of the server's CPU per push, pushes per second, ms of the answers.
 */
export async function measure(candidates, { modes, scene, rounds, requests, warm, connections, say }) {
  const running = [];
  const results = [];
  try {
    for (const mode of modes)
      for (const { name, says, late = false, start } of candidates)
        running.push({ name, mode, says, late, server: await start({ ...scene, mode }) });
    for (const one of running) {
      say(`warming ${one.name} (${one.mode})`);
      await runOnce(one, makeRequests(warm, one.mode), connections);
    }
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const mode of modes) {
        const pushes = makeRequests(requests, mode);
        const servers = running.filter((one) => one.mode === mode);
        // Turned by one each round, so that nobody always comes after the same neighbour.
        const turn = round % servers.length;
        for (const one of [...servers.slice(turn), ...servers.slice(0, turn)])
          results.push({ name: one.name, mode, round, ...(await runOnce(one, pushes, connections)) });
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
  latencies.sort((a, b) => a - b);
  return {
    cpuUs: cpuUs / pushes.length,
    perSecond: (pushes.length * 1000) / ms,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)],
    p99Ms: latencies[Math.floor(latencies.length * 0.99)],
    rssMb: after.rssKb / 1024,
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
