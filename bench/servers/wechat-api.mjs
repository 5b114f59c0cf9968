import { createServer } from 'node:http';

// A minimal WeChat API for late answers: accepts everything at once, and reports the number to its parent.
let taken = 0;
createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const path = request.url ?? '';
    const isToken = path.startsWith('/cgi-bin/token') || path.startsWith('/cgi-bin/stable_token');
    if (path.startsWith('/cgi-bin/message/custom/send')) taken += 1;
    response.setHeader('Content-Type', 'application/json');
    response.end(
      isToken ? '{"access_token":"bench-token","expires_in":7200}' : '{"errcode":0,"errmsg":"ok"}',
    );
  });
}).listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 4096 });
process.on('message', () => process.send?.({ taken }));
