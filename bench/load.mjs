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
      buffered += chunk.latin1Slice();
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

/** A whole answer with a Content-Length, or `undefined` while some of it is missing. */
function takeAnswer(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const body = text.slice(end + 4);
  return body.length < length ? undefined : { status: text.slice(9, 12), body };
}
