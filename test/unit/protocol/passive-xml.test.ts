import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ARTICLE_LIMIT } from '../../../src/protocol/limits.js';
import { SILENCE, toPassiveXml } from '../../../src/protocol/passive-xml.js';
import { ReplyInvalid, reply, type Reply } from '../../../src/protocol/reply.js';
import { parseAnyXml, parseXml } from '../../../src/protocol/xml.js';

const ENDS = { user: 'oUser', account: 'gh_1' };
const HEAD =
  '<xml><ToUserName><![CDATA[oUser]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName><CreateTime>1736670151</CreateTime>';
const render = (answer: Reply): string => toPassiveXml(answer, ENDS, 1736670151);

const article = { title: 't', description: 'd', picUrl: 'https://p/?a=1&b=2', url: 'https://u/' };

describe('given a reply of each type', () => {
  test.each<[string, Reply, string]>([
    ['text', reply.text('你好'), '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>'],
    [
      'image',
      reply.image('m1'),
      '<MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[m1]]></MediaId></Image>',
    ],
    [
      'voice',
      reply.voice('m1'),
      '<MsgType><![CDATA[voice]]></MsgType><Voice><MediaId><![CDATA[m1]]></MediaId></Voice>',
    ],
    [
      'video',
      reply.video('m1', { title: 't', description: 'd', thumbMediaId: 'not here' }),
      '<MsgType><![CDATA[video]]></MsgType><Video><MediaId><![CDATA[m1]]></MediaId><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description></Video>',
    ],
    [
      'bare video',
      reply.video('m1'),
      '<MsgType><![CDATA[video]]></MsgType><Video><MediaId><![CDATA[m1]]></MediaId></Video>',
    ],
    [
      'music',
      reply.music({
        title: 't',
        description: 'd',
        musicUrl: 'http://m',
        hqMusicUrl: 'http://h',
        thumbMediaId: 'c',
      }),
      '<MsgType><![CDATA[music]]></MsgType><Music><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><MusicUrl><![CDATA[http://m]]></MusicUrl><HQMusicUrl><![CDATA[http://h]]></HQMusicUrl><ThumbMediaId><![CDATA[c]]></ThumbMediaId></Music>',
    ],
    [
      'news',
      reply.news([article]),
      '<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><PicUrl><![CDATA[https://p/?a=1&b=2]]></PicUrl><Url><![CDATA[https://u/]]></Url></item></Articles>',
    ],
    [
      'transfer to whoever is free',
      reply.toStaff(),
      '<MsgType><![CDATA[transfer_customer_service]]></MsgType>',
    ],
    [
      'transfer to one agent',
      reply.toStaff('kf2001@gzh'),
      '<MsgType><![CDATA[transfer_customer_service]]></MsgType><TransInfo><KfAccount><![CDATA[kf2001@gzh]]></KfAccount></TransInfo>',
    ],
  ])('when it is a %s, then the XML is that of the documentation', (_name, answer, payload) => {
    expect(render(answer)).toBe(`${HEAD}${payload}</xml>`);
  });

  test('when it has several articles, then they are counted and in order', () => {
    const articles = Array.from({ length: ARTICLE_LIMIT }, (_, at) => ({ ...article, title: `t${at}` }));
    const { ArticleCount: count, Articles: list } = parseXml(render(reply.news(articles)));
    expect(count).toBe('8');
    expect(list).toMatchObject({ item: articles.map(({ title }) => ({ Title: title })) });
  });

  test('when there is none, then silence is the seven letters', () => {
    expect(SILENCE).toBe('success');
  });
});

describe('given any text', () => {
  const nasty = fc.constantFrom(
    ']]>',
    ']',
    '>',
    '<![CDATA[',
    '<',
    '&amp;',
    '\u0000',
    '\uD800',
    '\uDC00',
    '\uFFFE',
    '\uFFFF',
    '😀',
  );
  const text = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 }), fc.string({ unit: 'grapheme' })))
    .map((pieces) => pieces.join(''));

  /** Said in another way than the code says it: every code point that XML 1.0 has, with CR as XML reads it. */
  const asXmlKnowsIt = (from: string): string =>
    Array.from(from)
      .filter((sign) => {
        const code = sign.codePointAt(0) ?? 0;
        if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
        return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
      })
      .join('')
      .replace(/\r\n?/g, '\n');

  test('when it travels in a reply, then it is read back as it was, less what XML cannot hold', () => {
    fc.assert(
      fc.property(text, (content) => {
        fc.pre(asXmlKnowsIt(content) !== '');
        const xml = render(reply.text(content));
        for (const read of [parseXml, parseAnyXml]) {
          const { Content: arrived } = read(xml);
          expect(arrived).toBe(asXmlKnowsIt(content));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('when a forbidden character hides an end of CDATA, then the end is split all the same', () => {
    expect(parseXml(render(reply.text(']]\u0000>x')))['Content']).toBe(']]>x');
    expect(render(reply.text('\uD83D\u0000\uDE00 ok'))).toContain('<![CDATA[ ok]]>');
  });

  test('when the ends of the reply are odd, then they are wrapped like any text', () => {
    const xml = toPassiveXml(reply.text('x'), { user: 'o]]>', account: 'g<' }, 1);
    expect(parseXml(xml)).toMatchObject({ ToUserName: 'o]]>', FromUserName: 'g<' });
  });
});

describe('given a reply that WeChat would punish', () => {
  // Handlers may be plain JavaScript: what the types forbid happens, too.
  const untyped = (value: unknown): Reply => JSON.parse(JSON.stringify(value));

  test.each<[string, Reply, RegExp]>([
    ['an empty text', reply.text(''), /content.*an empty text.*return nothing/],
    ['a text of control characters', reply.text('\u0000'), /content/],
    ['no text', untyped({ type: 'text' }), /content.*undefined/],
    ['a number as text', untyped({ type: 'text', content: 42 }), /content.*type number/],
    ['no media', reply.image(''), /mediaId.*upload/],
    ['no voice', untyped({ type: 'voice', mediaId: null }), /mediaId.*null/],
    ['no video', reply.video(''), /mediaId/],
    ['no cover', reply.music({ thumbMediaId: '' }), /thumbMediaId.*cover/],
    ['no article', reply.news([]), /1 to 8.*0 articles/],
    ['nine articles', reply.news(Array.from({ length: 9 }, () => article)), /1 to 8.*more than 8 articles/],
    ['no list of articles', untyped({ type: 'news' }), /undefined/],
    ['an unknown type', untyped({ type: 'sticker' }), /"sticker".*text, image/],
    ['no type', untyped({}), /undefined/],
  ])('when it has %s, then it is refused with what to do', (_what, answer, message) => {
    expect(() => render(answer)).toThrow(ReplyInvalid);
    expect(() => render(answer)).toThrow(message);
  });
});
