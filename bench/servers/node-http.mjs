import { createServer } from 'node:http';

// The baseline of Node itself: answers `success` and drops the body. HOLD_MS: delay of the answer.
const holdMs = Number(process.env.HOLD_MS ?? 0);
createServer((_request, response) => {
  if (holdMs === 0) response.end('success');
  else setTimeout(() => response.end('success'), holdMs);
}).listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 4096 });
