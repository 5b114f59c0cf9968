import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';

export type Answerer = (body: string, incoming: IncomingMessage, response: ServerResponse) => unknown;

/** Default answer of a tiny server: the user's own text, in plaintext mode. */
export function echo(body: string): string {
  const read = (name: string): string =>
    new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^]*?)(?:\\]\\]>)?</${name}>`).exec(body)?.[1] ?? '';
  if (read('MsgType') !== 'text') return 'success';
  return reply(read('FromUserName'), read('ToUserName'), `你说：${read('Content')}`);
}

export function reply(to: string, from: string, content: string): string {
  return (
    `<xml><ToUserName><![CDATA[${to}]]></ToUserName><FromUserName><![CDATA[${from}]]></FromUserName>` +
    `<CreateTime>1736670151</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content></xml>`
  );
}

/** Somebody else's callback server, as small as it can be: it knows the signature and one way to answer. */
export async function startTinyServer(token: string, answer: Answerer = echo) {
  const server = createServer((incoming, response) => {
    const query = new URL(incoming.url ?? '/', 'http://127.0.0.1').searchParams;
    const parts = [token, query.get('timestamp') ?? '', query.get('nonce') ?? ''].sort();
    if (createHash('sha1').update(parts.join('')).digest('hex') !== query.get('signature')) {
      response.writeHead(403).end();
      return;
    }
    if (incoming.method === 'GET') {
      response.end(query.get('echostr'));
      return;
    }
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      const said = answer(body, incoming, response);
      if (typeof said === 'string') response.end(said);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/wechat`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
