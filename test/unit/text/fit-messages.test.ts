import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../../../src/protocol/customer-service-message.js';
import { fitMessages, joinForPassive, toReply } from '../../../src/text/fit-messages.js';
import { reply } from '../../../src/protocol/reply.js';
import { splitText } from '../../../src/text/split-text.js';

const text = (content: string): CustomerServiceMessage => ({ msgtype: 'text', text: { content } });
const image = (id: string): CustomerServiceMessage => ({ msgtype: 'image', image: { media_id: id } });
const contentOf = (message: CustomerServiceMessage | undefined): string =>
  message?.msgtype === 'text' ? message.text.content : JSON.stringify(message);

const story = (paragraphs: number): string =>
  Array.from(
    { length: paragraphs },
    (_, index) => `第${index}段。${'今天天气很好，我们去公园吧！'.repeat(12)}`,
  ).join('\n\n');

describe('given an answer of no more messages than may be sent', () => {
  test('when it is fitted, then it goes as it is', () => {
    const messages = [text('一'), text('二'), image('m')];
    expect(fitMessages(messages, 3)).toEqual({ send: messages, left: [] });
    expect(fitMessages([], 0)).toEqual({ send: [], left: [] });
  });
});

describe('given an answer of more messages than may be sent', () => {
  test('when short texts are neighbours, then they become one, each on its line', () => {
    expect(fitMessages([text('一'), text('二\n'), text('三'), image('m'), text('四')], 3)).toEqual({
      send: [text('一\n二\n三'), image('m'), text('四')],
      left: [],
    });
  });

  test('when texts are of different speakers, then they stay apart', () => {
    const anna = { ...text('b'), customservice: { kf_account: 'anna@gzh' } };
    const { send, left } = fitMessages([text('a'), anna, text('c')], 2);
    expect(send).toEqual([text('a'), text('…c')]);
    expect(left).toEqual([anna]);
  });

  test('when closer cuts save a message, then all of a long text goes, to the character', () => {
    const long = story(18);
    const parts = splitText(long);
    expect(parts.length).toBeGreaterThan(5);
    const { send, left } = fitMessages(parts.map(text), 5);
    expect(left).toEqual([]);
    expect(send.map(contentOf).join('')).toBe(long);
    expect(send).toHaveLength(5);
  });

  test('when it is far too long, then the beginning and the end go, and the middle is left', () => {
    const long = story(60);
    const { send, left } = fitMessages(splitText(long).map(text), 3);
    expect(send).toHaveLength(3);
    const [first, second, last] = send.map(contentOf);
    expect(last?.startsWith('…')).toBe(true);
    expect(long.endsWith(last?.slice(1) ?? '-')).toBe(true);
    expect(Buffer.byteLength(last ?? '')).toBeGreaterThan(1_400);
    expect(`${first}${second}${left.map(contentOf).join('')}${last?.slice(1)}`).toBe(long);
  });

  test('when only one may be sent, then it is the end', () => {
    const { send, left } = fitMessages(
      [text(`${'a'.repeat(2_000)}. `), text('b'.repeat(2_000)), text('c.')],
      1,
    );
    expect(send.map(contentOf)).toEqual([`…${'b'.repeat(2_000)}\nc.`]);
    expect(left).toEqual([text(`${'a'.repeat(2_000)}. `)]);
  });

  test('when it ends with a picture, then the picture is the end', () => {
    expect(fitMessages([image('1'), text('t'), image('2')], 2)).toEqual({
      send: [image('1'), image('2')],
      left: [text('t')],
    });
  });

  test('when the end begins amid a link, then the link stays whole', () => {
    const link = `<a href="https://example.com/${'x'.repeat(900)}">点</a>`;
    const { send } = fitMessages([text(`${'字'.repeat(1_500)}${link}${'字'.repeat(300)}`)], 1);
    expect(contentOf(send[0])).toContain(link);
    const longer = fitMessages([text(`${link}${'字'.repeat(400)}。后来`)], 1).send;
    expect(contentOf(longer[0])).toBe(`…${'字'.repeat(400)}。后来`);
  });

  test('when nothing may be sent, then all is left', () => {
    expect(fitMessages([text('a')], 0)).toEqual({ send: [], left: [text('a')] });
  });
});

const anyMessage = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map(text) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('字。', 'word ', 'a\n\n', '👨‍👩‍👧‍👦', 'https://a.b/c?d=e '),
        fc.integer({ min: 1, max: 900 }),
      )
      .map(([unit, times]) => text(unit.repeat(times))),
  },
  { weight: 1, arbitrary: fc.nat(99).map((id) => image(`m${id}`)) },
);
/** Blanks and line ends come and go where texts are put together. */
const visible = (messages: readonly CustomerServiceMessage[]): string =>
  messages
    .map((message) => (message.msgtype === 'text' ? message.text.content : `<${JSON.stringify(message)}>`))
    .join('')
    .replaceAll(/\s/g, '');
const fits = (message: CustomerServiceMessage): boolean =>
  message.msgtype !== 'text' || Buffer.byteLength(message.text.content) <= 2_048;

describe('given any answer', () => {
  test('when it is fitted, then the budget and the limit hold, nothing is lost, and the order stays', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyMessage, { maxLength: 12 })
          .map((messages) => messages.filter((one) => visible([one]) !== '')),
        fc.integer({ min: 0, max: 6 }),
        (messages, budget) => {
          const { send, left } = fitMessages(messages, budget);
          expect(send.length).toBe(Math.min(budget, Math.max(send.length, left.length > 0 ? budget : 0)));
          expect(send.every(fits)).toBe(true);
          if (left.length === 0) return expect(visible(send)).toBe(visible(messages));
          const last = send.at(-1);
          const end = last?.msgtype === 'text' ? [text(contentOf(last).replace(/^…/, ''))] : send.slice(-1);
          return expect(visible([...send.slice(0, -1), ...left, ...end])).toBe(visible(messages));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('when it is joined for a passive reply, then nothing is lost, and the order stays', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), (messages) => {
        const joined = joinForPassive(messages);
        const first = joined.reply === undefined ? [] : [toCustomerServiceMessage(joined.reply)];
        expect(first.every(fits)).toBe(true);
        expect(first.length).toBe(Math.min(1, messages.length));
        expect(visible([...first, ...joined.rest])).toBe(visible(messages));
      }),
      { numRuns: 300 },
    );
  });
});

describe('given messages for a passive reply', () => {
  test('when texts lead, then as many as fit are one, a blank line between them', () => {
    expect(joinForPassive([text('旧'), text('新\n'), text('更新'), image('m'), text('后')])).toEqual({
      reply: reply.text('旧\n\n新\n\n更新'),
      rest: [image('m'), text('后')],
    });
    const long = text('字'.repeat(500));
    expect(joinForPassive([long, long])).toEqual({ reply: reply.text('字'.repeat(500)), rest: [long] });
  });

  test('when the first text is too long, then its first part is the reply', () => {
    const { reply: first, rest } = joinForPassive([text(story(6)), text('后')]);
    expect(first).toMatchObject({ type: 'text' });
    expect(
      `${contentOf(first && toCustomerServiceMessage(first))}${rest.slice(0, -1).map(contentOf).join('')}`,
    ).toBe(story(6));
    expect(rest.at(-1)).toEqual(text('后'));
  });

  test('when something else leads, then it is the reply', () => {
    expect(joinForPassive([image('m'), text('a')])).toEqual({ reply: reply.image('m'), rest: [text('a')] });
    expect(joinForPassive([])).toEqual({ reply: undefined, rest: [] });
  });

  test('when no reply can say what leads, then all of it stays', () => {
    const card: CustomerServiceMessage = { msgtype: 'wxcard', wxcard: { card_id: 'c' } };
    expect(joinForPassive([card, text('a')])).toEqual({ reply: undefined, rest: [card, text('a')] });
  });
});

describe('given a customer-service message', () => {
  test.each([
    reply.text('t'),
    reply.image('m'),
    reply.voice('m'),
    reply.video('m'),
    reply.video('m', { title: 't', description: 'd', thumbMediaId: 'p' }),
    reply.music({ title: 't', description: 'd', musicUrl: 'https://a/b', thumbMediaId: 'p' }),
    reply.music({
      title: 't',
      description: 'd',
      musicUrl: 'https://a/b',
      hqMusicUrl: 'https://a/c',
      thumbMediaId: 'p',
    }),
    reply.news([{ title: 't', description: 'd', url: 'https://a/b', picUrl: 'https://a/c' }]),
  ])('when it was made from $type, then the reply it becomes is the same', (made) => {
    expect(toReply(toCustomerServiceMessage(made))).toEqual(made);
  });

  test('when no reply can say it, then it becomes none', () => {
    expect(toReply({ msgtype: 'mpnews', mpnews: { media_id: 'm' } })).toBeUndefined();
    expect(toReply({ msgtype: 'msgmenu', msgmenu: { list: [] } })).toBeUndefined();
  });
});
