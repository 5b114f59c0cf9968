import wechat from 'co-wechat';
import Koa from 'koa';
import { account, ANSWER } from '../account.mjs';

// The fastest peer on Node, used as its README shows. It logs nothing, stores nothing and joins no tries.
const { token, appId, encodingAesKey } = account;
const config =
  process.env.MODE === 'safe' ? { token, appid: appId, encodingAESKey: encodingAesKey } : { token };
const app = new Koa();
app.use(wechat(config).middleware(async () => ANSWER));
app.listen(Number(process.env.PORT), '127.0.0.1');
