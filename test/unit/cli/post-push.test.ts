import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { postPush } from '../../../src/cli/post-push.js';
import { portOf } from '../../support/processes/port-of.js';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function givenServer(answer: RequestListener): Promise<URL> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  cleanUps.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${portOf(server)}/wechat`);
}

describe('given a server that holds tries', () => {
  test('when it answers the third one, then that is heard, and all three were the same push', async () => {
    const bodies: string[] = [];
    const url = await givenServer((request, response) => {
      void text(request).then((body) => {
        if (bodies.push(body) === 3) response.end('success');
      });
    });
    const silent: number[] = [];
    const heard = await postPush(
      { url, body: '<xml/>', sealed: false },
      { attemptTimeoutMs: 1_500, onSilence: (attemptNumber) => silent.push(attemptNumber) },
    );
    expect(heard).toMatchObject({ status: 200, text: 'success', attemptNumber: 3 });
    expect([silent, bodies]).toEqual([
      [1, 2],
      ['<xml/>', '<xml/>', '<xml/>'],
    ]);
  });

  test('when it answers none, or begins one and does not end it, then nothing is heard', async () => {
    let asked = 0;
    const url = await givenServer((_request, response) => {
      asked += 1;
      if (asked === 2) response.write('<xml>');
    });
    const options = { attempts: 2, attemptTimeoutMs: 1_500, onSilence: () => undefined };
    expect(await postPush({ url, body: '', sealed: false }, options)).toBeUndefined();
    expect(asked).toBe(2);
  });
});

test('when the connection breaks, then that is an error, and no silence', async () => {
  const url = await givenServer((request) => request.socket.destroy());
  const posting = postPush({ url, body: '', sealed: false }, { onSilence: () => undefined });
  await expect(posting).rejects.toThrow('fetch failed');
});
