import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { isPublicAddress } from '../../../../src/adapters/http/public-address.js';
import { createPublicDownload } from '../../../../src/adapters/http/public-download.js';
import { attackFile, type Downloads } from '../../../support/attacks/attack-case.js';
import { portOf } from '../../../support/processes/port-of.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: RequestListener, address = '127.0.0.1'): Promise<string> {
  const server = createServer(answer).listen(0, address);
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://${address}:${portOf(server)}`;
}

const attacks: Downloads = JSON.parse(attackFile('downloads'));
const LIMITS = { maxBytes: 1_000, timeoutMs: 2_000 };
/** 127.0.0.1 stands for the internet. */
const likeTheInternet = createPublicDownload({ isAllowed: (address) => address === '127.0.0.1' });

describe('given addresses', () => {
  test.each(attacks.addresses)('when it is %j, then nothing is fetched from it', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '101.226.212.27',
    '172.15.255.255',
    '172.32.0.1',
    '223.5.5.5',
    '2001:4860:4860::8888',
    '2400:3200::1',
  ])('when it is %s, then it is one of the internet', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
});

describe('given a file to be fetched', () => {
  test.each(attacks.urls)('when its address is %j, then nothing is asked of anybody', async (url) => {
    await expect(createPublicDownload()(url, LIMITS)).rejects.toMatchObject({
      kind: 'invalid-url',
      sent: false,
    });
  });

  test('when one of the addresses of a name is private, then none is used', async () => {
    const addresses = [
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const download = createPublicDownload({ resolve: async () => addresses });
    await expect(download('http://two-faced.example/', LIMITS)).rejects.toMatchObject({
      kind: 'invalid-url',
    });
  });

  test('when the name would point elsewhere a moment later, then the connection goes where it was checked', async () => {
    const url = new URL(await serve((incoming, response) => response.end(`for ${incoming.headers.host}`)));
    let asked = 0;
    const download = createPublicDownload({
      isAllowed: (address) => address === '127.0.0.1',
      async resolve() {
        asked += 1;
        return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.9', family: 4 }];
      },
    });
    const file = await download(`http://rebinding.example:${url.port}/`, LIMITS);
    expect(Buffer.from(file.bytes).toString()).toBe(`for rebinding.example:${url.port}`);
    expect(asked).toBe(1);
  });

  test('when it is there, then bytes, type and name come, the name from the header or the path', async () => {
    const named = await serve((_incoming, response) => {
      response.setHeader('content-type', 'image/png');
      response.setHeader(
        'content-disposition',
        `attachment; filename*=UTF-8''${encodeURIComponent('图.png')}`,
      );
      response.end('PNG');
    });
    expect(await likeTheInternet(`${named}/a.jpg`, LIMITS)).toEqual({
      bytes: Buffer.from('PNG'),
      contentType: 'image/png',
      fileName: '图.png',
    });
    const plain = await serve((_incoming, response) => response.end('x'));
    expect(await likeTheInternet(`${plain}/x/%E5%9B%BE.jpg?y=/z`, LIMITS)).toMatchObject({
      fileName: '图.jpg',
    });
  });

  test('when it redirects to a private address, then that one is not asked', async () => {
    let asked = 0;
    const inner = await serve((_incoming, response) => response.end(String((asked += 1))), '127.0.0.9');
    const outer = await serve((_incoming, response) =>
      response.writeHead(302, { location: `${inner}/` }).end(),
    );
    await expect(likeTheInternet(outer, LIMITS)).rejects.toMatchObject({ kind: 'invalid-url' });
    expect(asked).toBe(0);
  });

  test('when it redirects three times, then it is fetched; a fourth time, then not', async () => {
    const url = await serve((incoming, response) => {
      const left = Number(incoming.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(301, { location: `/${left - 1}` }).end();
    });
    expect(Buffer.from((await likeTheInternet(`${url}/3`, LIMITS)).bytes).toString()).toBe('there');
    await expect(likeTheInternet(`${url}/4`, LIMITS)).rejects.toMatchObject({ kind: 'invalid-url' });
  });

  test.each<[string, RequestListener]>([
    [
      'says so',
      (_incoming, response) => response.writeHead(200, { 'content-length': 1_001 }).end('x'.repeat(1_001)),
    ],
    ['does not say so', (_incoming, response) => void response.write('x'.repeat(1_001))],
  ])('when it is too large and %s, then it is dropped', async (_name, answer) => {
    await expect(likeTheInternet(await serve(answer), LIMITS)).rejects.toMatchObject({ kind: 'too-large' });
  });

  test('when it drips, then the time limit ends it', async () => {
    const url = await serve((_incoming, response) => void response.write('x'));
    const limits = { ...LIMITS, timeoutMs: 200 };
    await expect(likeTheInternet(url, limits)).rejects.toMatchObject({ kind: 'answer-timeout' });
  });

  test('when the name takes for ever, or the caller gives up, then it ends', async () => {
    const download = createPublicDownload({ resolve: () => new Promise(() => {}) });
    const limits = { ...LIMITS, timeoutMs: 50 };
    await expect(download('http://slow.example/', limits)).rejects.toMatchObject({ kind: 'answer-timeout' });
    const giving = { ...LIMITS, signal: AbortSignal.abort() };
    await expect(download('http://slow.example/', giving)).rejects.toMatchObject({ kind: 'aborted' });
  });

  test.each<[string, RequestListener]>([
    ['404', (_incoming, response) => response.writeHead(404).end('no')],
    ['packed', (_incoming, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')],
    ['a broken connection', (incoming) => incoming.socket.destroy()],
  ])('when it is %s, then no file came', async (_name, answer) => {
    await expect(likeTheInternet(await serve(answer), LIMITS)).rejects.toMatchObject({
      kind: 'connection-lost',
    });
  });
});
