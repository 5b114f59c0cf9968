// koa.mjs
import Koa from 'koa';
import { wechat } from './wechat.mjs';

const callback = wechat.callback();
const app = new Koa();
app.use(async (ctx, next) => {
  if (ctx.path !== '/wechat') return next();
  ctx.respond = false;
  return new Promise((resolve, reject) => {
    ctx.res.once('close', resolve);
    callback(ctx.req, ctx.res, reject);
  });
});
app.use((ctx) => {
  ctx.body = { path: ctx.path };
});
app.listen(Number(process.env.PORT));
