// A callback server without packages: `slow 900 x` is answered after 900 ms, every other text at once.
import { createServer } from 'node:http';

/** @param {string} body @param {string} name */
const field = (body, name) => new RegExp(`<${name}><!\\[CDATA\\[(.*?)\\]\\]>`).exec(body)?.[1] ?? '';

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => (body += text));
  request.on('end', () => {
    const content = field(body, 'Content');
    const [how, ms] = content.split(' ');
    const answer =
      `<xml><ToUserName><![CDATA[${field(body, 'FromUserName')}]]></ToUserName><FromUserName><![CDATA[${field(body, 'ToUserName')}]]></FromUserName>` +
      `<CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[answer: ${content}]]></Content></xml>`;
    setTimeout(() => response.end(answer), how === 'slow' ? Number(ms) : 0);
  });
});
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
