// hono.mjs
import { serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { wechat } from './wechat.mjs';

const callback = wechat.callback();
const app = new Hono();
app.all('/wechat', (c) => {
  const { incoming, outgoing } = c.env;
  return new Promise((resolve, reject) => {
    outgoing.once('close', () => resolve(RESPONSE_ALREADY_SENT));
    callback(incoming, outgoing, reject);
  });
});
app.post('/orders', async (c) => c.json(await c.req.json()));
serve({ fetch: app.fetch, port: Number(process.env.PORT) });
