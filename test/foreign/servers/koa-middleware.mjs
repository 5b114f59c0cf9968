import wechat from 'co-wechat';
import Koa from 'koa';
import { account, answerTo, listen } from './listen.mjs';

const { token, appId: appid, aesKey: encodingAESKey, isSealed } = account;
const app = new Koa();
app.silent = true;
app.use(
  wechat(isSealed ? { token, appid, encodingAESKey } : { token, appid }).middleware((message) => {
    const { text, mediaId } = answerTo(message);
    return Promise.resolve(mediaId === undefined ? (text ?? '') : { type: 'image', content: { mediaId } });
  }),
);
listen(app.callback());
