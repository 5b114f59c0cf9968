import { createServer } from 'node:http';

// The floor of node itself: answers `success` and leaves the body to be dropped. HOLD_MS: not at once, but after so long.
const holdMs = Number(process.env.HOLD_MS ?? 0);
createServer((request, response) => {
  if (holdMs === 0) response.end('success');
  else setTimeout(() => response.end('success'), holdMs);
}).listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 4096 });
