import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createCipher } from '../../../../src/protocol/cipher.js';
import { toAppId } from '../../../../src/protocol/ids.js';
import { fingerprint, pushKinds, readPush, type Push } from '../../../../src/protocol/push/push.js';
import { PushRefused } from '../../../../src/protocol/refusal.js';
import { text } from '../../../../src/protocol/push/read-field.js';
import { parseXml } from '../../../../src/protocol/xml.js';
import { FIXTURE_ACCOUNT, PREVIOUS_FIXTURE_KEY } from '../../../support/wechat/seal.js';

const APP_ID = toAppId(FIXTURE_ACCOUNT.appId);
const FOLDER = 'fixtures/pushes';
const body = (file: string): string => readFileSync(`${FOLDER}/${file}`, 'utf8');

interface Row {
  readonly file: string;
  readonly msgType: string;
  readonly name: string;
}
const rows: Row[] = readFileSync('fixtures/INDEX.tsv', 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([file = '', msgType = '', name = '']) => ({ file, msgType, name }));

/** Fixtures that no account can open; the tests of the envelope check their refusal. */
const UNOPENABLE = new Set(['message.text.safe-wrong-appid.xml', 'message.text.safe-bad-signature.xml']);
const REFUSED = [
  'hostile.doctype-xxe.xml',
  'hostile.entity-expansion.xml',
  'hostile.deep-nesting.xml',
  'bad.mismatched-tag.xml',
  'bad.truncated.xml',
  'bad.empty.xml',
];
const PROBES = ['bad.no-msgtype.xml', 'probe.cloudrun-check.xml'];

/** The text of a fixture as the reader gets it: sealed ones opened. */
function opened(file: string): string {
  const raw = body(file);
  const sealed = file.endsWith('.xml') ? text(parseXml(raw), 'Encrypt') : '';
  if (sealed === '') return raw;
  const key = file.includes('oldkey') ? PREVIOUS_FIXTURE_KEY : FIXTURE_ACCOUNT.encodingAesKey;
  return createCipher(key, APP_ID).open(sealed);
}

function read(file: string): Push {
  const push = readPush(opened(file), APP_ID);
  if (!push) throw new Error(`${file} reads as a probe`);
  return push;
}

const readable = rows.filter(({ file, msgType, name }) => msgType + name !== '' && !UNOPENABLE.has(file));

/** The kind that the index's columns ask for. */
function kindOf({ msgType, name }: Row): string {
  if (msgType === '') return `info.${name}`;
  const kind =
    msgType.toLowerCase() === 'event' ? `event.${name.toLowerCase()}` : `message.${msgType.toLowerCase()}`;
  return kind.includes('some_future') ? kind.replace(/\..*/, '.unknown') : kind;
}

describe('given every sample push of the index', () => {
  test('when the folder is listed, then index and folder name the same files', () => {
    expect(rows.map(({ file }) => file).sort()).toEqual(readdirSync(FOLDER).sort());
    expect(rows).toHaveLength(181);
  });

  test.each(readable)('when $file is read, then it is of the kind that the index names', (row) => {
    const push = read(row.file);
    expect(push.kind).toBe(kindOf(row));
    expect(pushKinds).toContain(push.kind);
    expect(push.msgType).toBe(row.msgType);
    if ('event' in push) expect(push.event).toBe(row.name);
    if ('infoType' in push) expect(push.infoType).toBe(row.name);
    expect(push.raw).toBe(opened(row.file));
  });

  test('when they are read, then their typed fields are the ones reviewed by hand', () => {
    const reviewed: unknown = JSON.parse(readFileSync('fixtures/expected/pushes.json', 'utf8'));
    const typed = readable.map(({ file }) => {
      const { id: _, fields: __, raw: ___, ...rest } = read(file);
      return [file, rest];
    });
    expect(JSON.parse(JSON.stringify(Object.fromEntries(typed)))).toEqual(reviewed);
  });

  test('when they are read, then two that differ in anything have different ids and fingerprints', () => {
    const pushes = readable.filter(({ file }) => !/\.(safe|compat)/.test(file)).map(({ file }) => read(file));
    expect(new Set(pushes.map(({ id }) => id)).size).toBe(pushes.length);
    expect(new Set(pushes.map(fingerprint)).size).toBe(pushes.length);
    for (const { id } of pushes) expect(id).toMatch(/^(msg|evt)-[A-Za-z0-9._-]{1,40}-[0-9a-f]{16,20}$/);
  });

  test('when one message comes sealed, half sealed and under the old key, then it has one id', () => {
    const ids = ['safe', 'compat', 'safe-oldkey'].map((way) => read(`message.text.${way}.xml`).id);
    expect(new Set(ids).size).toBe(1);
  });

  test.each(REFUSED)('when %s comes, then it is refused as unreadable', (file) => {
    expect(() => readPush(body(file), APP_ID)).toThrow(PushRefused);
    expect(() => readPush(body(file), APP_ID)).toThrow(
      expect.objectContaining({ reason: 'body_unreadable' }),
    );
  });

  test.each(PROBES)('when %s comes, then it is a probe', (file) => {
    expect(readPush(body(file), APP_ID)).toBeUndefined();
  });

  test('when a control character stands in a text, then it is survived and kept', () => {
    expect(read('bad.control-char.xml')).toMatchObject({ kind: 'message.text', content: 'a\u000bb' });
  });
});

describe('given the notes of the index', () => {
  test.each([
    ['message.text.leading-zero.xml', { content: '007' }],
    ['message.text.numeric-lookalike.xml', { content: '1e5' }],
    ['message.text.boolean-lookalike.xml', { content: 'true' }],
    ['message.text.msgid64.xml', { msgId: '7458942855399080021' }],
    ['message.text.msgid-max.xml', { msgId: '9223372036854775807' }],
    ['message.text.xml-in-cdata.xml', { content: '<xml><Content>x</Content></xml> &amp; <![CDATA[ &lt;' }],
    ['message.text.cdata-end.xml', { content: 'a]]>b' }],
    ['message.text.cdata-end-typed.xml', { content: 'a]]>b' }],
    ['message.text.escaped.xml', { content: '1 < 2 && "q" 你😄 ]]>' }],
    ['message.text.emoji.xml', { content: '😀👨‍👩‍👧‍👦🇨🇳 ❤️ 𠮷' }],
    ['message.text.multiline.xml', { content: '  第一行\n\n\t第二行  \n' }],
    ['message.text.empty.xml', { content: '' }],
    ['message.text.self-closing.xml', { content: '' }],
    ['message.text.from-article.xml', { msgDataId: '2247486789', articleIdx: 1 }],
    ['message.text.menu-click.xml', { content: '不满意', menuItemId: '002' }],
    ['message.text.whitespace.xml', { content: ' keep me ', user: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA' }],
    ['message.text.webwx.xml', { content: '来自网页版', msgId: '6069260926613639151' }],
    ['message.text.safe-pad32.xml', { msgType: 'text' }],
    ['message.image.legacy.xml', { mediaId: '' }],
    ['message.voice.xml', { recognition: '', mediaId16k: 'sRystCbE6Gjdt3h5GoB28l8pLxA3A82-EXAMPLE_B' }],
    ['message.voice.no-recognition.xml', { recognition: undefined, mediaId16k: undefined }],
    ['message.location.xml', { latitude: 28.16968, fields: { Location_X: '28.169680' } }],
    ['message.location.empty-label.xml', { latitude: -33.86882, label: '' }],
    ['message.link.xml', { title: 'A & B <特别> 标题' }],
    ['message.device_event.bind.xml', { kind: 'message.device_event', deviceEvent: 'bind' }],
    ['event.subscribe.xml', { key: '', scene: undefined, tradeNo: undefined, ticket: undefined }],
    ['event.subscribe.no-key.xml', { key: '', scene: undefined }],
    ['event.subscribe.qrcode.xml', { scene: '1000000' }],
    ['event.subscribe.qrcode-str.xml', { scene: '007_店铺 A', ticket: 'gQFExampleTicket==' }],
    ['event.subscribe.last_trade_no.xml', { tradeNo: '4008072001201701100000000015', scene: undefined }],
    [
      'event.subscribe.scanbarcode.xml',
      {
        key: 'scanbarcode|ean13|6901481811083',
        scene: undefined,
        product: { scannedBy: 'barcode', keyStandard: 'ean13', keyStr: '6901481811083' },
      },
    ],
    ['event.open_product_order_pay.xml', { orderId: '1234567', payTime: '2021-12-30 22:31:00' }],
    ['info.component_verify_ticket.xml', { verifyTicket: 'ticket@@@EXAMPLE' }],
    [
      'info.authorized.xml',
      { authorizerAppId: 'wx570bc396a51b8f00', authorizationCode: 'queryauthcode@@@EXAMPLE' },
    ],
    [
      'info.notify_third_fasteregister.xml',
      { registeredAppId: 'wx570bc396a51b8f00', info: { codeType: '1' } },
    ],
    ['event.SCAN.string-scene.xml', { scene: '007', event: 'SCAN' }],
    ['event.scancode_waitmsg.xml', { scanResult: '0002' }],
    ['event.pic_sysphoto.xml', { pictures: [{ md5: '1b5f7c23b5bf75682a53e7b6d163e100' }] }],
    [
      'event.pic_photo_or_album.multi.xml',
      { pictures: [expect.anything(), { md5: '00000000000000000000000000000007' }] },
    ],
    [
      'event.pic_weixin.repeated-piclist.xml',
      {
        pictures: [{ md5: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1' }, { md5: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2' }],
      },
    ],
    ['event.pic_sysphoto.cancelled.xml', { pictures: [] }],
    ['event.location_select.xml', { latitude: 23.137466, label: ' 广州市海珠区客村艺苑路 106号' }],
    ['event.TEMPLATESENDJOBFINISH.xml', { msgId: '3851412345678901249' }],
    ['event.MASSSENDJOBFINISH.xml', { copyrightChecks: [], articleUrls: [] }],
    ['event.MASSSENDJOBFINISH.legacy.xml', { status: 'sendsuccess', articleUrls: [] }],
    ['event.PUBLISHJOBFINISH.original-fail.xml', { failIdx: [1, 2] }],
    ['event.PUBLISHJOBFINISH.audit-fail.xml', { failIdx: [1], articles: [] }],
    ['event.subscribe_msg_sent_event.xml', { results: [{ msgId: '1700827132819554305' }] }],
    ['event.subscribe_msg_change_event.popup-wrapper.xml', { choices: [{ status: 'reject' }] }],
    ['event.user_info_modified.capital-MsgType.xml', { msgType: 'Event', revokeInfo: '6' }],
    ['event.user_info_modified.xml', { openId: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE' }],
    ['event.user_get_card.xml', { userCardCode: '026009850808' }],
    ['event.user_pay_from_pay_cell.xml', { transId: '10022403432015000000001', originalFee: 10000 }],
    ['event.update_member_card.xml', { modifyBonus: -3 }],
    ['event.giftcard_send_to_friend.xml', { isChatRoom: true, isReturnBack: true }],
    ['event.submit_invoice_title.xml', { taxNo: '01486715661', bankNo: '00012345' }],
    ['event.poi_check_notify.lowercase.xml', { result: 'succ', msg: '' }],
    ['event.ShakearoundUserShake.one-around.xml', { aroundBeacons: [{ minor: '54322' }] }],
    ['event.weapp_audit_fail.xml', { screenShots: ['xxx', 'yyy', 'zzz'] }],
    ['event.wxa_media_check.v2.xml', { details: [{ prob: 90 }, { level: 90, keyword: '' }] }],
    ['event.unknown.xml', { fields: { Nested: { Deep: [{ v: '01' }, { v: '02' }] } } }],
    ['json.message.text.json', { msgId: '24863107247798001', content: '007' }],
    ['json.event.subscribe_msg_sent_event.one.json', { results: [{ msgId: '1864323726461255001' }] }],
    [
      'json.event.subscribe_msg_change_event.many.json',
      { choices: [{ status: 'reject' }, { status: 'reject' }] },
    ],
  ])('when %s is read, then it says %j', (file, expected) => {
    expect(read(file)).toMatchObject(expected);
  });

  test('when elements carry dangerous names, then they are ordinary keys and nothing is polluted', () => {
    const { fields } = read('message.text.proto-names.xml');
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
    expect(Object.getOwnPropertyDescriptor(fields, '__proto__')?.value).toEqual({ polluted: '1' });
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect('polluted' in {}).toBe(false);
  });
});
