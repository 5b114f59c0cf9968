import { describe, expect, test } from '@jest/globals';
import { describeEnd, endAlike, type AttemptEnd } from '../../../../src/cli/replay/compare-answers.js';
import { toPassiveXml } from '../../../../src/protocol/passive-xml.js';
import type { Reply } from '../../../../src/protocol/reply.js';

const answered = (body: string, status = 200): AttemptEnd => ({ type: 'answered', status, body });
const reply = (said: Reply, createTimeS = 1, account = 'gh_1'): AttemptEnd =>
  answered(toPassiveXml(said, { user: 'oUser', account }, createTimeS));
const text = (content: string): Reply => ({ type: 'text', content });
const OPEN: AttemptEnd = { type: 'open' };

describe('given two ends of an attempt', () => {
  test.each([
    ['the moment alone differs', reply(text('a'), 1), reply(text('a'), 2)],
    ['the account alone differs', reply(text('a')), reply(text('a'), 1, 'gh_2')],
    ['both are silent', answered('success'), answered('')],
    ['both were left open', OPEN, OPEN],
  ])('when %s, then they are alike', (_, one, other) => {
    expect(endAlike(one, other, { byShape: false })).toBe(true);
  });

  test.each([
    ['a text differs', reply(text('a')), reply(text('b'))],
    ['one has a reply', reply(text('a')), answered('success')],
    ['their types differ', reply(text('a')), reply({ type: 'image', mediaId: 'a' })],
    ['one was left open', answered('success'), OPEN],
    ['one is 503', answered('success'), answered('', 503)],
    [
      'one failed',
      answered('success'),
      { type: 'failed', why: { en: 'no answer', zh: '没有应答' } } as const,
    ],
  ])('when %s, then they differ', (_, one, other) => {
    expect(endAlike(one, other, { byShape: false })).toBe(false);
    expect(endAlike(one, other, { byShape: true })).toBe(_ === 'a text differs');
  });

  test('when shapes are compared, then another length or script differs', () => {
    const alike = (one: string, other: string) =>
      endAlike(reply(text(one)), reply(text(other)), { byShape: true });
    expect([alike('你好 1', '再见 7'), alike('你好', '你好吗'), alike('你好', 'ab')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('given a reply', () => {
  test('when it is described, then each field has a line, without what is volatile', () => {
    const news: Reply = { type: 'news', articles: [{ title: 'T', description: 'D', picUrl: 'P', url: 'U' }] };
    expect(describeEnd(reply(news)).split('\n')).toEqual([
      'ToUserName: oUser',
      'MsgType: news',
      'ArticleCount: 1',
      'Articles:',
      '  item:',
      '    Title: T',
      '    Description: D',
      '    PicUrl: P',
      '    Url: U',
    ]);
  });

  test('when an answer is no XML, then it is shown as it is', () => {
    expect(describeEnd(answered('<html>'))).toBe('<html>');
  });
});
