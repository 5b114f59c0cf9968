import { beforeEach, describe, expect, test } from '@jest/globals';
import { forgetForecasts } from '../../../src/demo/_forecasts.js';
import echo from '../../../src/demo/echo.js';
import help from '../../../src/demo/help.js';
import imageEcho from '../../../src/demo/image-echo.js';
import location from '../../../src/demo/location.js';
import menu from '../../../src/demo/menu.js';
import slow from '../../../src/demo/slow.js';
import staff from '../../../src/demo/staff.js';
import voiceEcho from '../../../src/demo/voice-echo.js';
import weather from '../../../src/demo/weather.js';
import welcome from '../../../src/demo/welcome.js';
import {
  buildPush,
  eventPush,
  textPush,
  tryHandler,
  tryLater,
  type Handler,
  type Push,
} from '../../../src/index.js';

const says = (content: string): Push => textPush({ content });

/** Returns the text that the user reads, or an outcome without text. */
async function answer(handler: Handler, push: Push): Promise<unknown> {
  const tried = await tryHandler(handler, push);
  if (tried.type !== 'replied') return tried.type;
  return tried.reply.type === 'text' ? tried.reply.content : tried.reply;
}

describe('given the help handler', () => {
  test.each(['帮助', ' HELP ', '?'])(
    'when a user says %p, then the text lists what there is',
    async (content) => {
      expect(await answer(help, says(content))).toContain('天气 北京');
    },
  );

  test('when a user says more than that, then it is not its own', async () => {
    expect(await answer(help, says('帮助我'))).toBe('not-mine');
  });
});

describe('given the welcome handler', () => {
  test('when a user follows, then it says welcome', async () => {
    expect(await answer(welcome, eventPush('subscribe', { EventKey: '' }))).toMatch(/^欢迎关注！/);
  });

  test('when a user follows by a QR code, then it names the scene', async () => {
    expect(
      await answer(welcome, eventPush('subscribe', { EventKey: 'qrscene_poster-7', Ticket: 't' })),
    ).toContain('poster-7');
  });
});

describe('given the menu handler', () => {
  test.each([
    ['V1001_GOOD', '谢谢'],
    ['V9999_NEW', 'V9999_NEW'],
  ])('when the button %s is tapped, then the answer holds %p', async (key, text) => {
    expect(await answer(menu, eventPush('CLICK', { EventKey: key }))).toContain(text);
  });
});

describe('given handlers that give back what they got', () => {
  test('when a picture comes, then the same picture goes back', async () => {
    const push = buildPush({ MsgType: 'image', PicUrl: 'http://example.com/p', MediaId: 'm1' });
    expect(await answer(imageEcho, push)).toEqual({ type: 'image', mediaId: 'm1' });
  });

  test.each([
    [{ Recognition: '你好' }, '我听到：你好'],
    [{ Recognition: '' }, { type: 'voice', mediaId: 'v1' }],
    [{}, { type: 'voice', mediaId: 'v1' }],
  ])('when a voice comes with %p, then the answer is %p', async (recognised, expected) => {
    const push = buildPush({ MsgType: 'voice', MediaId: 'v1', Format: 'amr', ...recognised });
    expect(await answer(voiceEcho, push)).toEqual(expected);
  });

  test.each([
    ['湖南省长沙市', '收到湖南省长沙市：北纬 28.1697，东经 112.9293'],
    ['', '收到这个位置：北纬 28.1697，东经 112.9293'],
  ])('when a location labelled %p comes, then the answer names it', async (label, expected) => {
    const place = { Location_X: '28.169680', Location_Y: '112.929260', Scale: 15, Label: label };
    expect(await answer(location, buildPush({ MsgType: 'location', ...place }))).toBe(expected);
  });

  test.each([' 007 ', '<b>&'])('when the text is %p, then it goes back as typed', async (content) => {
    expect(await answer(echo, says(content))).toBe(content);
  });

  test('when the text is empty, then there is nothing to give back', async () => {
    expect(await answer(echo, says(''))).toBe('silent');
  });
});

describe('given the staff handler', () => {
  test('when a user asks for people, then the user is handed over', async () => {
    expect(await answer(staff, says('人工'))).toEqual({ type: 'to-staff' });
  });
});

describe('given the slow handler', () => {
  test('when a number is said, then it takes that many seconds', async () => {
    expect(await answer(slow, says('slow 0'))).toBe('让你久等了 0 秒。');
  });

  test('when nobody wants the answer any more, then it stops at once', async () => {
    await expect(tryHandler(slow, says('慢'), { signal: AbortSignal.abort() })).rejects.toThrow(
      'nobody waits',
    );
  });

  test('when the text only begins like it, then it is not its own', async () => {
    expect(await answer(slow, says('慢慢来'))).toBe('not-mine');
  });
});

describe('given the weather handler', () => {
  beforeEach(forgetForecasts);

  test('when a city is asked for the first time, then the answer is put off, and known from then on', async () => {
    const push = says('天气 北京');
    expect(await tryHandler(weather, push)).toMatchObject({ type: 'deferred', task: { city: '北京' } });
    const late = await tryLater(weather, push, { city: '北京' });
    expect(late).toMatchObject({
      type: 'replied',
      reply: { content: expect.stringMatching(/^北京明天.+℃$/) },
    });
    expect(await tryHandler(weather, push)).toEqual(late);
  });

  test('when the server stops meanwhile, then `later` stops too, to be tried again', async () => {
    const stopped = tryLater(weather, says('天气 北京'), { city: '北京' }, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow('nobody waits');
  });

  test('when no city is named, then it is not its own', async () => {
    expect(await answer(weather, says('天气'))).toBe('not-mine');
  });
});
