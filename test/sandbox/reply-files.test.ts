import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicDownload } from '../../src/adapters/http/public-download.js';
import { defineHandler, says, type Handler } from '../../src/index.js';
import type { Clock } from '../../src/ports/clock.js';
import type { PublicDownload } from '../../src/ports/public-download.js';
import { portOf } from '../support/processes/port-of.js';
import { startConversation, type Conversation } from './support/conversation.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 13, 10, 255]);
const MP4 = Buffer.from('\u0000\u0000\u0000\u0018ftypmp42', 'latin1');
const JPG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1]);

let folder: string;
let files: Server;
let chat: Conversation;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  await writeFile(join(folder, '海报.png'), PNG);
  files = createServer((_, response) => response.setHeader('content-type', 'image/png').end(PNG));
  await new Promise<void>((resolve) => void files.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await chat.stop();
  files.close();
  await rm(folder, { recursive: true });
});

const after = (time: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => void time.schedule(ms, resolve));

const poster = (): { path: string } => ({ path: join(folder, '海报.png') });

function handlers(): Record<string, Handler> {
  return {
    poster: defineHandler({
      on: 'message.text',
      when: says('poster'),
      handle: (ctx) => ctx.reply.image(poster()),
    }),
    slow: defineHandler({
      on: 'message.text',
      when: says('slow'),
      async handle(ctx) {
        await after(chat.clock, 6_000);
        return ctx.reply.image(poster());
      },
    }),
    later: defineHandler({
      on: 'message.text',
      when: says('later'),
      handle: (ctx) => ctx.defer(1),
      later: (ctx) =>
        ctx.reply.video({ bytes: MP4, fileName: '片.mp4' }, { title: '片', thumbMediaId: { bytes: JPG } }),
    }),
    sent: defineHandler({
      on: 'message.text',
      when: says('send'),
      handle: (ctx) => ctx.send(ctx.reply.image(poster())),
    }),
    fetched: defineHandler({
      on: 'message.text',
      when: says('url'),
      handle: (ctx) => ctx.reply.image({ url: `http://127.0.0.1:${portOf(files)}/a.png` }),
    }),
  };
}

async function start(download?: PublicDownload): Promise<void> {
  chat = await startConversation({ handlers: handlers(), ...(download && { download }) });
}

const uploads = () =>
  chat.sandbox.state.calls
    .list()
    .filter(({ path }) => path === '/cgi-bin/media/upload')
    .map(({ query }) => query['type']);
const fileOf = (shown: object) => chat.sandbox.state.media.get(String(Reflect.get(shown, 'mediaId')));

describe('given handlers that answer with files', () => {
  test('when one answers in time, then the file is uploaded and the reply names it, once for many', async () => {
    await start();
    const [first] = await chat.say('poster');
    expect(first).toMatchObject({ via: 'passive', type: 'image' });
    expect(fileOf(first ?? {})).toMatchObject({ bytes: PNG, fileName: '海报.png' });
    const [, second] = await chat.say('poster');
    expect(second).toEqual(first);
    expect(uploads()).toEqual(['image']);
  });

  test('when one answers late, then the file travels as a customer-service message', async () => {
    await start();
    const [late] = await chat.say('slow', 10_000);
    expect(late).toMatchObject({ via: 'customer-service', type: 'image' });
    expect(fileOf(late ?? {})).toMatchObject({ bytes: PNG });
  });

  test('when `later` answers with a video and its cover, then both are uploaded', async () => {
    await start();
    expect(await chat.say('later', 5_000)).toMatchObject([
      { via: 'customer-service', type: 'video', title: '片' },
    ]);
    expect(new Set(uploads())).toEqual(new Set(['thumb', 'video']));
  });

  test('when WeChat no longer knows the id at the time of sending, then the file is uploaded anew, once', async () => {
    await start();
    const [known] = await chat.say('poster');
    chat.sandbox.state.media.remove(String(Reflect.get(known ?? {}, 'mediaId')));
    const [, late, sent] = [...(await chat.say('slow', 10_000)), ...(await chat.say('send')).slice(-1)];
    expect(fileOf(late ?? {})).toMatchObject({ bytes: PNG });
    expect(sent).toEqual(late);
    expect(uploads()).toEqual(['image', 'image']);
  });

  test('when the file is not there, then it is as if the handler had thrown', async () => {
    await start();
    await rm(poster().path);
    expect(await chat.say('poster', 1_000)).toEqual([]);
    expect(chat.log.lines).toContainEqual(
      expect.objectContaining({
        message: 'handler failed: it threw',
        fields: expect.objectContaining({ err: expect.objectContaining({ code: 'media_unavailable' }) }),
      }),
    );
  });
});

describe('given a handler that answers with a file from an address', () => {
  test('when the address is one of this machine, then nothing is fetched and nothing sent', async () => {
    await start();
    expect(await chat.say('url', 1_000)).toEqual([]);
    expect(uploads()).toEqual([]);
    expect(chat.log.lines).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({ err: expect.objectContaining({ code: 'media_refused' }) }),
      }),
    );
  });

  test('when the address is allowed, then the file is fetched and uploaded', async () => {
    await start(createPublicDownload({ isAllowed: () => true }));
    const [shown] = await chat.say('url', 1_000);
    expect(shown).toMatchObject({ via: 'passive', type: 'image' });
    expect(fileOf(shown ?? {})).toMatchObject({ bytes: PNG, fileName: 'a.png' });
  });
});
