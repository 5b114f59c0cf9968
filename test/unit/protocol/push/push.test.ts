import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { toAppId } from '../../../../src/protocol/ids.js';
import { fingerprint, pushKinds, readPush, type Push } from '../../../../src/protocol/push/push.js';

const APP_ID = toAppId('wx1a2b3c4d5e6f7081');
const COMMON = { ToUserName: 'gh_1', FromUserName: 'oUser', CreateTime: '1736670151' };

/** A body of these elements; blocks and lists are written as they nest. */
function xml(elements: Record<string, string>): string {
  const inner = Object.entries(elements).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  return `<xml>${inner.join('')}</xml>`;
}

function read(elements: Record<string, string>, appId = APP_ID): Push {
  const push = readPush(xml({ ...COMMON, ...elements }), appId);
  if (!push) throw new Error('reads as a probe');
  return push;
}

const textPush = (more: Record<string, string> = {}): Push =>
  read({ MsgType: 'text', Content: 'hi', MsgId: '1', ...more });
const clickPush = (more: Record<string, string> = {}): Push =>
  read({ MsgType: 'event', Event: 'CLICK', EventKey: 'a', ...more });

describe('given a body', () => {
  test('when it holds neither MsgType nor InfoType, then it is a probe', () => {
    expect(readPush('<xml><action>CheckContainerPath</action></xml>', APP_ID)).toBeUndefined();
    expect(readPush('{"action":"CheckContainerPath"}', APP_ID)).toBeUndefined();
    expect(readPush('<xml><MsgType></MsgType></xml>', APP_ID)).toBeUndefined();
  });

  test('when it is JSON behind a byte-order mark or blanks, then it is read as JSON', () => {
    for (const before of ['', '\uFEFF', ' \r\n\t']) {
      const push = readPush(`${before}{"MsgType":"text","Content":"007"}`, APP_ID);
      expect(push).toMatchObject({ kind: 'message.text', content: '007', user: '', account: '' });
    }
  });

  test.each(['', 'hello', '[]', '{', '<xml>'])('when it is %j, then it is refused as unreadable', (body) => {
    expect(() => readPush(body, APP_ID)).toThrow(expect.objectContaining({ reason: 'body_unreadable' }));
  });

  test('when a time is missing or no time, then it counts as 1970', () => {
    expect(textPush().sentAt).toEqual(new Date('2025-01-12T08:22:31Z'));
    for (const time of ['', 'x', '-1', '1e5', '12.5', '9'.repeat(30)]) {
      expect(textPush({ CreateTime: time }).sentAt).toEqual(new Date(0));
    }
  });
});

describe('given MsgType and Event in odd spellings', () => {
  test.each([
    ['TEXT', '', 'message.text'],
    ['text', 'subscribe', 'message.text'],
    ['Event', 'UnSubscribe', 'event.unsubscribe'],
    ['event', 'scan', 'event.scan'],
    ['event', 'LOCATION', 'event.location'],
    ['event', 'FREEPUBLISHJOBFINISH', 'event.publishjobfinish'],
    ['event', '', 'event.unknown'],
    ['event', 'text', 'event.unknown'],
    ['event', '__proto__', 'event.unknown'],
    ['subscribe', '', 'message.unknown'],
    ['constructor', '', 'message.unknown'],
  ])('when MsgType is %s and Event is %j, then the kind is %s', (MsgType, Event, kind) => {
    const push = read({ MsgType, Event });
    expect(push).toMatchObject({ kind, msgType: MsgType });
  });

  test('when there is an InfoType only, then it is of the family info', () => {
    expect(read({ InfoType: 'authorized' })).toMatchObject({
      kind: 'info.authorized',
      infoType: 'authorized',
    });
    expect(read({ InfoType: 'notify_new' })).toMatchObject({ kind: 'info.unknown', infoType: 'notify_new' });
    expect(read({ InfoType: '__proto__' })).toMatchObject({ kind: 'info.unknown' });
  });

  test.each([
    ['scanimage|qr|a|b', { scannedBy: 'image', keyStandard: 'qr', keyStr: 'a|b' }],
    ['scanbarcode|ean13', undefined],
    ['qrscene_scanbarcode|ean13|1', undefined],
  ])('when a follow comes with the key %j, then the product is %j', (EventKey, product) => {
    expect(read({ MsgType: 'event', Event: 'subscribe', EventKey })).toMatchObject({ product });
  });
});

describe('given fields that the pages spell in two ways', () => {
  test.each([
    ['WifiConnected', { PlaceId: '7' }, { shopId: '7' }],
    ['user_authorize_invoice', { AppId: 'wx2' }, { authorizeAppId: 'wx2' }],
    ['TEMPLATESENDJOBFINISH', { MsgId: '01' }, { msgId: '01' }],
    ['VIEW', { MenuID: '3' }, { menuId: '3' }],
    ['user_info_modified', { openid: 'o', appid: 'wx' }, { openId: 'o', appId: 'wx' }],
    ['verify_expired', { FailTime: '1', FailReason: 'r' }, { failReason: 'r', expiresAt: undefined }],
  ])('when %s comes with %j, then it says %j', (Event, elements, expected) => {
    expect(read({ MsgType: 'event', Event, ...elements })).toMatchObject(expected);
  });

  test('when a scene holds the prefix again, then the prefix is cut once', () => {
    const push = read({ MsgType: 'event', Event: 'subscribe', EventKey: 'qrscene_qrscene_ 007 ' });
    expect(push).toMatchObject({ scene: 'qrscene_ 007 ', tradeNo: undefined });
  });

  test('when a number is none, then a count is NaN and an optional one is absent', () => {
    const push = read({ MsgType: 'location', Location_X: '', Location_Y: '1e5', Scale: ' 15 ', Idx: 'x' });
    expect(push).toMatchObject({ latitude: NaN, longitude: NaN, scale: 15, articleIdx: undefined });
  });
});

describe('given the id of a push', () => {
  test('when the same push comes again, in other spelling of its type, then the id is the same', () => {
    expect(textPush({ MsgType: 'Text' }).id).toBe(textPush().id);
    expect(clickPush({ MsgType: 'Event', Event: 'click' }).id).toBe(clickPush().id);
  });

  test('when a message differs in account, sender, second, type, MsgId or app, then so does the id', () => {
    const ids = [
      textPush(),
      textPush({ ToUserName: 'gh_2' }),
      textPush({ FromUserName: 'oOther' }),
      textPush({ CreateTime: '1736670152' }),
      textPush({ MsgType: 'image' }),
      textPush({ MsgId: '2' }),
      textPush({ MsgId: '' }),
      read({ MsgType: 'text', Content: 'hi', MsgId: '1' }, toAppId('wx2')),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('when an event differs in any field, or in the place of one, then so does the id', () => {
    const ids = [
      clickPush(),
      clickPush({ EventKey: 'b' }),
      clickPush({ EventKey: '' }),
      clickPush({ trace_id: '1' }),
      clickPush({ trace_id: '2' }),
      clickPush({ a: '1', b: '2' }),
      clickPush({ a: '12', b: '' }),
      clickPush({ b: '2', a: '1' }),
      read({ MsgType: 'event', Event: 'CLICK' }),
      read({ MsgType: 'event', Event: 'VIEW', EventKey: 'a' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('when the parts of two keys run together to the same text, then the ids differ all the same', () => {
    expect(textPush({ ToUserName: 'ab', FromUserName: 'c' }).id).not.toBe(
      textPush({ ToUserName: 'a', FromUserName: 'bc' }).id,
    );
  });

  test('when MsgId or Event hold anything at all, then the id is made of safe letters only', () => {
    const odd = fc.string({ unit: 'binary' }).filter((value) => !value.includes(']]>'));
    fc.assert(
      fc.property(odd, (value) => {
        expect(textPush({ MsgId: value }).id).toMatch(
          value === '' ? /^evt-text-[0-9a-f]{20}$/ : /^msg-[A-Za-z0-9._-]{1,40}-[0-9a-f]{16}$/,
        );
        expect(clickPush({ Event: value }).id).toMatch(/^evt-[A-Za-z0-9._-]{1,40}-[0-9a-f]{20}$/);
      }),
    );
  });

  test('when a message comes without MsgId, then its type names it and all its fields tell it apart', () => {
    const without = (Content: string): string => read({ MsgType: 'text', Content }).id;
    expect(without('a')).toMatch(/^evt-text-/);
    expect(without('a')).not.toBe(without('b'));
  });
});

describe('given the fingerprint of a push', () => {
  test('when two have one id and differ in a text, then the fingerprints differ', () => {
    const [one, other] = [textPush(), textPush({ Content: 'ho' })];
    expect(one.id).toBe(other.id);
    expect(fingerprint(one)).not.toBe(fingerprint(other));
    expect(fingerprint(one)).toBe(fingerprint(textPush()));
    expect(fingerprint(one)).toMatch(/^[0-9a-f]{40}$/);
  });
});

test('given the list of kinds, when it is looked at, then each stands there once, in lower case', () => {
  expect(new Set(pushKinds).size).toBe(pushKinds.length);
  expect(pushKinds.length).toBeGreaterThan(100);
  for (const kind of pushKinds) expect(kind).toMatch(/^(message|event|info)\.[a-z_]+$/);
});
