import easywechat from 'node-easywechat';
import { account, answerTo, listen } from './listen.mjs';

const { OfficialAccount, ServerRequest } = easywechat;
const { token, appId: app_id, aesKey: aes_key, isSealed } = account;

listen((incoming, response) => void serve(incoming, response));

/** @param {import('node:http').IncomingMessage} incoming @param {import('node:http').ServerResponse} response */
async function serve(incoming, response) {
  try {
    const app = new OfficialAccount({ app_id, secret: 'secret', token, ...(isSealed && { aes_key }) });
    app.setRequest(await ServerRequest.createFromIncomingMessage(incoming));
    const server = app.getServer();
    server.with((message, next) => {
      const { text, mediaId } = answerTo(message);
      if (mediaId !== undefined) return { MsgType: 'image', Image: { MediaId: mediaId } };
      return text ?? next(message);
    });
    const answer = await server.serve();
    response.writeHead(answer.getStatusCode(), answer.getHeaders());
    response.end(String(answer.getBody()));
  } catch {
    response.writeHead(500).end();
  }
}
