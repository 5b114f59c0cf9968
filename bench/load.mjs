import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/**
 * Sends the requests over `connections` kept-alive connections, each as fast as its answers come, and ends with the
 * last answer.
 *
 * Out: wall time in ms, ms of each answer, and the first answer's body, so that a server that refuses is noticed.
 * @throws when an answer is not 200 or a connection breaks
 */
export async function sendAll(port, requests, connections) {
  let next = 0;
  const latencies = [];
  let sample;
  const startedAt = performance.now();
  const lanes = Math.min(connections, requests.length);
  await Promise.all(Array.from({ length: lanes }, () => new Promise(runLane)));
  return { ms: performance.now() - startedAt, latencies, sample };

  function runLane(resolve, reject) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let buffered = '';
    let sentAt = 0;
    const sendNext = () => {
      if (next >= requests.length) {
        socket.end();
        resolve();
        return;
      }
      const request = requests[next];
      next += 1;
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', sendNext);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`port ${port} closed a connection`)));
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      const answer = takeAnswer(buffered);
      if (answer === undefined) return;
      buffered = '';
      latencies.push(performance.now() - sentAt);
      if (answer.status !== '200') {
        reject(new Error(`port ${port} answered ${answer.status}`));
        return;
      }
      sample ??= answer.body;
      sendNext();
    });
  }
}

/**
 * Sends requests at a constant rate, independent of the answers, over kept-alive connections; opens another one if all
 * are busy.
 *
 * Out: ms of each answer, from the moment in which its request left.
 * @throws when an answer is not 200 or a connection breaks
 */
export async function sendSteadily(port, requests, perSecond, connections = 64) {
  const idle = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const latencies = [];
  const asked = [];
  const startedAt = performance.now();
  while (asked.length < requests.length) {
    const due = Math.min(requests.length, ((performance.now() - startedAt) * perSecond) / 1000);
    while (asked.length < due) asked.push(ask(requests[asked.length]));
    await new Promise((resume) => setTimeout(resume, 1));
  }
  await Promise.all(asked);
  for (const connection of idle) connection.end();
  return { latencies };

  async function ask(request) {
    const sentAt = performance.now();
    // Round-robin, so that none is idle long enough to be closed.
    const connection = idle.shift() ?? (await openConnection(port));
    await connection.ask(request);
    latencies.push(performance.now() - sentAt);
    idle.push(connection);
  }
}

/**
 * Sends each request over a connection of its own, all of them begun within `withinMs`, and does not wait for answers
 * before going on.
 *
 * Out: ms of each answer, from the moment in which its connection was begun; -1 where none came.
 */
export async function sendApart(port, requests, withinMs) {
  const startedAt = performance.now();
  const asked = [];
  while (asked.length < requests.length) {
    const due = Math.min(requests.length, ((performance.now() - startedAt) / withinMs) * requests.length);
    while (asked.length < due) asked.push(askOnce(port, requests[asked.length]));
    await new Promise((resume) => setTimeout(resume, 1));
  }
  return { latencies: await Promise.all(asked) };
}

async function askOnce(port, request) {
  const beganAt = performance.now();
  try {
    const connection = await openConnection(port);
    await connection.ask(request);
    connection.end();
    return performance.now() - beganAt;
  } catch {
    return -1;
  }
}

/** Opens a connection with one request at a time. */
function openConnection(port) {
  return new Promise((open, cannotOpen) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let buffered = '';
    let settle;
    const fail = (error) => {
      cannotOpen(error);
      settle?.(error);
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new Error(`port ${port} closed a connection`)));
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      const answer = takeAnswer(buffered);
      if (answer === undefined) return;
      buffered = '';
      settle?.(answer.status === '200' ? undefined : new Error(`port ${port} answered ${answer.status}`));
    });
    socket.on('connect', () =>
      open({
        ask: (request) =>
          new Promise((resolve, reject) => {
            settle = (error) => (error === undefined ? resolve(undefined) : reject(error));
            socket.write(request);
          }),
        end: () => socket.destroy(),
      }),
    );
  });
}

/** A whole answer with a Content-Length, or `undefined` while some of it is missing. */
function takeAnswer(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const body = text.slice(end + 4);
  return body.length < length ? undefined : { status: text.slice(9, 12), body };
}
