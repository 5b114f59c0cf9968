import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { stripForbiddenCharacters } from '../../../src/protocol/strip-forbidden-characters.js';
import { buildPush, eventPush, textPush } from '../../../src/index.js';

describe('given builders of pushes', () => {
  test('when a text is built, then it is read back as typed, whatever it holds', () => {
    const sendable = fc.string({ unit: 'grapheme' }).map(stripForbiddenCharacters);
    fc.assert(
      fc.property(fc.oneof(sendable, fc.constantFrom(']]>', '<b>&amp;', ' 007 ')), (content) => {
        expect(textPush({ content }).content).toBe(content);
      }),
    );
  });

  test('when an event is built, then its fields follow from its elements', () => {
    expect(eventPush('subscribe', { EventKey: 'qrscene_7' })).toMatchObject({
      kind: 'event.subscribe',
      scene: '7',
    });
  });

  test('when elements nest and repeat, then they are read as lists', () => {
    const pictures = { PicList: { item: [{ PicMd5Sum: 'a' }, { PicMd5Sum: 'b' }] } };
    expect(eventPush('pic_weixin', { EventKey: 'k', SendPicsInfo: pictures })).toMatchObject({
      pictures: [{ md5: 'a' }, { md5: 'b' }],
    });
  });

  test('when sender, time or id differ, then it is another push', () => {
    const ids = [{}, { user: 'oB' }, { msgId: '2' }, { sentAt: new Date(0) }].map(
      (origin) => textPush({ content: 'x', ...origin }).id,
    );
    expect(new Set(ids).size).toBe(4);
  });

  test('when there is no MsgType, then the builder says what to name', () => {
    expect(() => buildPush({ Content: 'x' })).toThrow('MsgType');
  });
});
