// A callback server of an afternoon: an XML parser as it comes, and replies by a template string.
import { createHash } from 'node:crypto';
import express from 'express';
import { XMLParser } from 'fast-xml-parser';
import { account, answerTo, listen } from './listen.mjs';

const parser = new XMLParser();
const app = express();
app.use(express.text({ type: () => true, limit: '1mb' }));
app.all('/wechat', (request, response) => {
  const { signature, timestamp, nonce, echostr } = request.query;
  const expected = createHash('sha1')
    .update([account.token, timestamp, nonce].map(String).sort().join(''))
    .digest('hex');
  if (signature !== expected) return response.status(401).send('bad signature');
  if (request.method === 'GET') return response.send(echostr);
  const { xml: message = {} } = parser.parse(request.body);
  const { text } = answerTo(message);
  if (text === undefined) return response.send('success');
  return response.type('xml').send(`
    <xml>
      <ToUserName><![CDATA[${message.FromUserName}]]></ToUserName>
      <FromUserName><![CDATA[${message.ToUserName}]]></FromUserName>
      <CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
      <MsgType><![CDATA[text]]></MsgType>
      <Content><![CDATA[${text}]]></Content>
    </xml>`);
});
listen(app);
