import express from 'express';
import wechat from 'wechat';
import { account, answerTo, listen } from './listen.mjs';

const { token, appId: appid, aesKey: encodingAESKey, isSealed } = account;
const app = express();
app.use(
  '/wechat',
  wechat(isSealed ? { token, appid, encodingAESKey } : { token, appid }, (request, response) => {
    const { text, mediaId } = answerTo(request.weixin);
    response.reply(mediaId === undefined ? (text ?? '') : { type: 'image', content: { mediaId } });
  }),
);
listen(app);
