import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseStrictXml, parseXml } from '../../../../src/protocol/xml.js';
import { preparePush } from '../../../../src/sandbox/push/prepare.js';
import { freshBody } from '../../../../src/sandbox/push/replay.js';
import { SANDBOX_ACCOUNT } from '../../../../src/sandbox/default-account.js';
import { pushXml } from '../../../../src/sandbox/wire/push-xml.js';
import type { PushRequest } from '../../../../src/sandbox/types/types.js';

const prepare = (request: PushRequest) =>
  preparePush(request, {
    account: { ...SANDBOX_ACCOUNT, originalId: 'gh_b52b1f8c3a7d' },
    follower: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA',
    nowMs: 1_736_670_621_000,
    nextMsgId: () => '24863140378325023',
  });

describe('given the layout in which WeChat pushes', () => {
  test.each([
    ['message.location', '24863140378325023', 'message.location'],
    ['event.location_select', undefined, 'event.location_select'],
    ['event.pic_weixin', undefined, 'event.pic_weixin'],
    ['event.TEMPLATESENDJOBFINISH', undefined, 'event.TEMPLATESENDJOBFINISH'],
  ])('when %s is pushed, then its fields are those of the captured sample', (kind, msgId, fixture) => {
    const sample = parseXml(readFileSync(`fixtures/pushes/${fixture}.xml`, 'utf8'));
    const { plainBody } = prepare({ kind });
    const ours = { ...parseXml(plainBody), CreateTime: sample['CreateTime'] };
    expect(ours).toEqual(msgId === undefined ? sample : { ...sample, MsgId: msgId });
    expect(plainBody).toMatch(/^<xml><ToUserName><!\[CDATA\[gh_b52b1f8c3a7d\]\]><\/ToUserName>\n/);
  });

  test('when numbers are written, then they stand bare where WeChat writes them bare', () => {
    const xml = prepare({ kind: 'message.location', fields: { Scale: 15 } }).plainBody;
    expect(xml).toContain('<Location_X>28.169680</Location_X>');
    expect(xml).toContain('<MsgId>24863140378325023</MsgId>');
    expect(prepare({ kind: 'event.location_select' }).plainBody).toContain('<Location_X><![CDATA[');
  });

  test('when any text is pushed, then a reader of typed text reads it back, and a strict parser what is escaped', () => {
    const sendable = fc.string({ unit: fc.constantFrom(...Array.from('a你]>[&<\'"\n\t 0')) });
    fc.assert(
      fc.property(sendable, (Content) => {
        const typed = { MsgType: 'text', Content };
        expect(parseXml(pushXml(typed))['Content']).toBe(Content);
        expect(parseStrictXml(pushXml(typed, { escapesCdataEnd: true }))['Content']).toBe(Content);
      }),
    );
  });

  test('when a text holds the end of CDATA, then it travels as it was typed, and escaped where that is asked for', () => {
    const push = { kind: 'message.text', fields: { Content: 'a]]>b' } };
    expect(prepare(push).plainBody).toContain('<Content><![CDATA[a]]>b]]></Content>');
    expect(prepare({ ...push, escapesCdataEnd: true }).plainBody).toContain(
      '<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>',
    );
  });

  test('when a list is empty, then its element is empty', () => {
    expect(prepare({ kind: 'event.MASSSENDJOBFINISH' }).plainBody).toContain('<ResultList></ResultList>');
  });

  test('when a device reports an event, then it has no MsgId', () => {
    expect(prepare({ kind: 'message.device_event.bind' })).toMatchObject({
      msgId: undefined,
      plainBody: expect.not.stringContaining('MsgId'),
    });
    expect(prepare({ kind: 'message.device_text' }).plainBody).toContain('<MsgId>');
  });

  test('when a body is pushed afresh, then only MsgId and CreateTime change', () => {
    const { plainBody } = prepare({ kind: 'message.text' });
    const fresh = freshBody(plainBody, 1_800_000_000_000);
    const { MsgId: msgId, CreateTime: created, ...rest } = parseXml(fresh);
    const { MsgId: before, CreateTime: _created, ...same } = parseXml(plainBody);
    expect(rest).toEqual(same);
    expect(msgId).not.toBe(before);
    expect(created).toBe('1800000000');
  });

  test('when a broken body is pushed by hand, then it goes out as it is', () => {
    expect(prepare({ xml: '<xml><MsgType>' })).toMatchObject({
      plainBody: '<xml><MsgType>',
      kind: 'message.unknown',
    });
  });
});
