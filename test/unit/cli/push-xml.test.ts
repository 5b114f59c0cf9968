import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { UsageInvalid } from '../../../src/cli/command.js';
import { pushXml } from '../../../src/cli/push-xml.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { pushKinds, readPush } from '../../../src/protocol/push/push.js';

const order = (kind: string, fields: Record<string, string> = {}) => ({
  kind,
  fields: new Map(Object.entries(fields)),
  account: 'gh_1',
  user: 'o-user',
  createTimeS: 1_736_670_151,
  messageId: '24863140378325117',
});
const read = (kind: string, fields?: Record<string, string>) =>
  readPush(pushXml(order(kind, fields)), toAppId('wx1'));

describe('given a kind of push', () => {
  test('when a text is made, then it looks as WeChat lays it out', () => {
    expect(pushXml(order('message.text', { Content: '你好' })))
      .toBe(`<xml><ToUserName><![CDATA[gh_1]]></ToUserName>
<FromUserName><![CDATA[o-user]]></FromUserName>
<CreateTime>1736670151</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[你好]]></Content>
<MsgId>24863140378325117</MsgId>
</xml>`);
  });

  const makeable = pushKinds.filter((kind) => /^(message|event)\./.test(kind) && !kind.endsWith('.unknown'));
  test.each(makeable)('when %s is made, then the server reads it as that kind', (kind) => {
    expect(read(kind)).toMatchObject({ kind, account: 'gh_1', user: 'o-user' });
  });

  test('when it is an event, then it has its spelling on the wire, and no MsgId', () => {
    expect(pushXml(order('event.click'))).toContain('<Event><![CDATA[CLICK]]></Event>');
    expect(pushXml(order('event.wificonnected'))).toContain('<Event><![CDATA[WifiConnected]]></Event>');
    expect(pushXml(order('event.New_One'))).toContain('<Event><![CDATA[New_One]]></Event>');
    expect(pushXml(order('event.click'))).not.toContain('MsgId');
  });

  test('when fields are named, then they replace the defaults and arrive as typed', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, (content) => {
        expect(read('message.text', { Content: content })).toMatchObject({ content });
      }),
    );
    expect(read('message.text', { Content: 'a]]>b <b>007</b>' })).toMatchObject({
      content: 'a]]>b <b>007</b>',
    });
  });

  test.each(['text', 'messages.text', 'message.', 'message.a b', 'nowhere.xml'])(
    'when %j is asked for, then it is no kind',
    (kind) => {
      expect(() => pushXml(order(kind))).toThrow(UsageInvalid);
    },
  );
});
