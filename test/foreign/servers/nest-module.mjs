import 'reflect-metadata';
import express from 'express';
import { XMLParser } from 'fast-xml-parser';
import { WeChatService } from 'nest-wechat';
import { account, answerTo, listen } from './listen.mjs';

const { token, appId, aesKey: encodingAESKey, isSealed } = account;
const service = new WeChatService({ appId, secret: 'secret', token, encodingAESKey });
const parser = new XMLParser({ parseTagValue: false, trimValues: false });

const app = express();
app.get('/wechat', (request, response) => service.checkSignatureExpress(request, response));
app.post('/wechat', (request, response) => void serve(request, response));

/** @param {import('express').Request} request @param {import('express').Response} response */
async function serve(request, response) {
  try {
    const opened = isSealed
      ? await service.messagePushExpressHandler(request)
      : await service.plainMessagePushExpressHandler(request);
    const { xml } = parser.parse(opened);
    const { text, mediaId } = answerTo(xml);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const head = `<ToUserName><![CDATA[${xml.FromUserName}]]></ToUserName><FromUserName><![CDATA[${xml.ToUserName}]]></FromUserName><CreateTime>${timestamp}</CreateTime>`;
    const body =
      mediaId === undefined
        ? `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${String(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]></Content>`
        : `<MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[${mediaId}]]></MediaId></Image>`;
    if (text === undefined && mediaId === undefined) return response.send('success');
    const reply = `<xml>${head}${body}</xml>`;
    return response.type('xml').send(isSealed ? service.encryptMessage(reply, timestamp, 'nonce') : reply);
  } catch {
    return response.status(403).end();
  }
}

listen(app);
