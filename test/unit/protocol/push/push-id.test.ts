import { describe, expect, test } from '@jest/globals';
import { toAppId } from '../../../../src/protocol/ids.js';
import { readPush } from '../../../../src/protocol/push/push.js';
import { usedHeapBytes } from '../../../support/storage/heap.js';

const APP_ID = toAppId('wx0000000000000001');

const idOf = (msgId: string, content: string): string | undefined =>
  readPush(
    `<xml><ToUserName>gh_1</ToUserName><FromUserName>oUser</FromUserName><CreateTime>1796128571</CreateTime>` +
      `<MsgType>text</MsgType><Content><![CDATA[${content}]]></Content><MsgId>${msgId}</MsgId></xml>`,
    APP_ID,
  )?.id;

describe('given the ids of many messages', () => {
  test('when the messages are Chinese, then their ids take no more memory than others', async () => {
    const heldBy = async (content: string): Promise<number> => {
      const ids = new Set<string>();
      const before = await usedHeapBytes();
      for (let number = 0; number < 20_000; number += 1)
        ids.add(idOf(`${1_796_128_570_729_000_000n + BigInt(number)}`, content) ?? '');
      const held = (await usedHeapBytes()) - before;
      expect(ids.size).toBe(20_000);
      return held;
    };
    await heldBy('warm');
    expect((await heldBy('你好')) / (await heldBy('hello'))).toBeLessThan(1.15);
  });

  test.each(['1', '9223372036854775807', '18446744073709551615', '007', '0', '12x', 'a/b'])(
    'when a MsgId is %s, then its id holds it',
    (msgId) => expect(idOf(msgId, '你好')).toContain(`msg-${msgId.replace('/', '_')}-`),
  );
});

describe('given two pushes that share nearly everything', () => {
  const idWith = (elements: Readonly<Record<string, string>>): string | undefined => {
    const all = { ToUserName: 'gh_1', FromUserName: 'oUser', CreateTime: '1796128571', ...elements };
    const xml = Object.entries(all).map(([name, value]) => `<${name}>${value}</${name}>`);
    return readPush(`<xml>${xml.join('')}</xml>`, APP_ID)?.id;
  };
  const message = { MsgType: 'text', Content: 'x', MsgId: '7' };
  const event = { MsgType: 'event', Event: 'CLICK', EventKey: 'A' };

  test.each([
    ['senders', message, { FromUserName: 'oOther' }],
    ['accounts', message, { ToUserName: 'gh_2' }],
    ['seconds', message, { CreateTime: '1796128572' }],
    ['kinds', message, { MsgType: 'image' }],
    ['numbers', message, { MsgId: '8' }],
    ['senders of an event', event, { FromUserName: 'oOther' }],
    ['events of one second', event, { Event: 'VIEW' }],
    ['keys of an event in one second', event, { EventKey: 'B' }],
  ])('when they are of two %s, then their ids differ; an attempt more has the same id', (_, push, other) => {
    expect(idWith({ ...push, ...other })).not.toBe(idWith(push));
    expect(idWith({ ...push })).toBe(idWith(push));
  });
});
