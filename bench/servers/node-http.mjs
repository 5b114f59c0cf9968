import { createServer } from 'node:http';

// The floor of node itself: answers `success` and leaves the body to be dropped.
createServer((request, response) => {
  response.end('success');
}).listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 4096 });
