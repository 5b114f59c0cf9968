import { connect } from 'node:net';

/**
 * A child process that keeps a server busy, as a stranger without a secret can. It is sent
 * `{ port, connections, requests: [{ head, unit, units, times }] }` and says `started`. Each connection writes one of the
 * requests (its body is `units` × `unit`) `times` over, and again at each answer; one that is cut is made anew. Ends
 * when its parent does.
 */
process.once('message', ({ port, connections, requests }) => {
  const payloads = requests.map(toBytes);
  for (let n = 0; n < connections; n += 1) start(port, payloads[n % payloads.length]);
  process.send?.('started');
});
process.once('disconnect', () => process.exit());

function toBytes({ head, unit, units, times }) {
  const body = unit.repeat(units);
  const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${head} HTTP/1.1\r\nHost: x\r\n${length}\r\n${body}`.repeat(times));
}

function start(port, payload) {
  const socket = connect(port, '127.0.0.1', () => socket.write(payload));
  socket.on('error', () => undefined);
  socket.on('data', () => {
    if (socket.writableLength === 0) socket.write(payload);
  });
  socket.on('close', () => setImmediate(start, port, payload));
}
