// fastify.mjs
import fastify from 'fastify';
import { wechat } from './wechat.mjs';

const callback = wechat.callback();
const app = fastify();
app.route({
  method: ['GET', 'POST'],
  url: '/wechat',
  onRequest(request, reply, done) {
    reply.hijack();
    callback(request.raw, reply.raw, done);
  },
  handler() {},
});
app.post('/orders', (request) => request.body);
await app.listen({ port: Number(process.env.PORT) });
