import { afterEach, describe, expect, test } from '@jest/globals';
import { fixturePushes, openAnswer, type FixturePush } from '../support/wechat/fixture-pushes.js';
import { handshakeAsWeChat, type WirePush } from '../support/wechat/seal.js';
import { makeServerFolder, type ServerFolder } from '../support/processes/built-server.js';
import { assertSilence } from '../support/app/test-app.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import { cipherModes } from '../support/wechat/wire-push.js';

/** Notes each run by the push's id; whoever can be answered is told it. */
const HANDLERS = {
  'users.mjs': `export default {
    on: ['message', 'event'],
    handle({ push, log, reply }) {
      log.info({ ran: push.id }, 'ran');
      return reply.text(push.kind + ' ' + push.id);
    },
  };`,
  'platform.mjs': `export default { on: 'info', handle: ({ push, log }) => log.info({ ran: push.id }, 'ran') };`,
  'watch.mjs': `export default { on: '*', observe: ({ push, log }) => log.info({ observed: push.id }, 'observed') };`,
};

let folder: ServerFolder;
afterEach(() => folder.remove());

async function send(port: number, { query, body }: WirePush): Promise<{ status: number; text: string }> {
  const url = `http://127.0.0.1:${port}/wechat?${new URLSearchParams(query).toString()}`;
  const response = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'text/xml' } });
  return { status: response.status, text: await response.text() };
}

function expectAnswer(
  { file, expected, pushId }: FixturePush,
  answer: { status: number; text: string },
): void {
  const seen = [file, answer.status, openAnswer(file, answer.text)];
  if (expected === 'refused') expect(seen).toEqual([file, 403, '']);
  else if (expected === 'probe' || file.startsWith('info.')) expect(seen).toEqual([file, 200, 'success']);
  else expect(seen).toEqual([file, 200, expect.stringContaining(` ${pushId}]]></Content>`)]);
}

describe.each(cipherModes)('given the built server in %s mode', (mode) => {
  test('when all samples are pushed, each twice, then each is answered as the index says, and each push runs once', async () => {
    folder = await makeServerFolder(HANDLERS);
    const server = folder.start({
      ...UNREACHABLE_WECHAT,
      WECHAT_CIPHER_MODE: mode,
      MAX_PUSH_AGE_S: '0',
      LOG_LEVEL: 'debug',
    });
    const { port } = await server.ready();

    const url = new URLSearchParams(handshakeAsWeChat('14324296167175543775')).toString();
    const handshake = await fetch(`http://127.0.0.1:${port}/wechat?${url}`);
    expect([handshake.status, await handshake.text()]).toEqual([200, '14324296167175543775']);

    const samples = fixturePushes(mode);
    expect(samples).toHaveLength(181);
    for (const sample of samples) expectAnswer(sample, await send(port, sample.push));
    // once more, all at once: tries of the same pushes
    await Promise.all(samples.map(async (sample) => expectAnswer(sample, await send(port, sample.push))));
    expect(await server.stop()).toBe(0);

    const pushes = [...new Set(samples.flatMap(({ pushId }) => pushId ?? []))].sort();
    expect(pushes.length).toBeGreaterThan(150);
    const noted = (field: string) =>
      server
        .lines()
        .map((line) => line[field])
        .filter((value) => typeof value === 'string')
        .sort();
    expect(noted('ran')).toEqual(pushes);
    expect(noted('observed')).toEqual(pushes);
    const log = server.lines().map((line) => JSON.stringify(line));
    assertSilence(log);
    const said = samples.flatMap(
      ({ push }) => /<Content><!\[CDATA\[([^\]]{6,})\]\]>/.exec(push.body)?.[1] ?? [],
    );
    if (mode !== 'safe') expect(said.length).toBeGreaterThan(5);
    expect(said.filter((words) => log.some((line) => line.includes(words)))).toEqual([]);
    expect(server.errors()).toBe('');
  }, 180_000);
});
