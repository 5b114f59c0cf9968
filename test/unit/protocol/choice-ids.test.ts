import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createChoiceIds, isChoiceShaped, type ChoiceSecrets } from '../../../src/protocol/choice-ids.js';
import { toAppId } from '../../../src/protocol/ids.js';

const APP_ID = toAppId('wx0123456789abcdef');
const SECRETS: ChoiceSecrets = { encodingAesKeys: ['k'.repeat(43)], appSecret: 's', tokens: ['t'] };
const idsOf = (secrets: Partial<ChoiceSecrets> = {}, appId = APP_ID) =>
  createChoiceIds(appId, () => ({ ...SECRETS, ...secrets }));

const NOW_MS = 1_736_670_151_000;
const HOUR_MS = 3_600_000;
const TO = { handler: 'shop/order', user: 'oUser' };
const CHOICE = { ...TO, id: 'unsent' };

describe('given the id of a choice', () => {
  const ids = idsOf();
  const tapped = ids.sign(CHOICE, NOW_MS + HOUR_MS);

  test('when another process of the account reads it, then it says what was offered', () => {
    expect(idsOf().read(tapped, TO, NOW_MS)).toEqual({ id: 'unsent', isExpired: false });
    expect(isChoiceShaped(tapped)).toBe(true);
  });

  test('when it belongs to another user, handler or account, then it says nothing', () => {
    expect(ids.read(tapped, { ...TO, user: 'oOther' }, NOW_MS)).toBeUndefined();
    expect(ids.read(tapped, { ...TO, handler: 'shop' }, NOW_MS)).toBeUndefined();
    expect(idsOf({}, toAppId('wx0000000000000001')).read(tapped, TO, NOW_MS)).toBeUndefined();
  });

  test('when any character is changed, taken out or added, then it says nothing', () => {
    for (let at = 0; at < tapped.length; at += 1) {
      const other = tapped[at] === 'a' ? 'b' : 'a';
      for (const forged of [
        tapped.slice(0, at) + other + tapped.slice(at + 1),
        tapped.slice(0, at) + tapped.slice(at + 1),
        tapped.slice(0, at) + other + tapped.slice(at),
      ])
        if (forged !== tapped) expect([forged, ids.read(forged, TO, NOW_MS)]).toEqual([forged, undefined]);
    }
  });

  test('when a text of any kind is read, then it says nothing and does not throw', () => {
    const forged = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[\w-]{16}[\da-z]{4}\.[\w.-]+$/),
    );
    fc.assert(
      fc.property(forged, (text) => {
        expect(ids.read(text, TO, NOW_MS)).toBeUndefined();
      }),
    );
    for (const none of [undefined, '', '101', 'unsent', '付款方式']) expect(isChoiceShaped(none)).toBe(false);
  });

  test('when it is read before and after its time, then it expires within the hour after it', () => {
    expect(ids.read(tapped, TO, NOW_MS + HOUR_MS)).toMatchObject({ isExpired: false });
    expect(ids.read(tapped, TO, NOW_MS + 2 * HOUR_MS)).toMatchObject({ isExpired: true });
  });

  test('when its own id is as long as may be, then it has 53 characters that no link escapes', () => {
    const long = ids.sign({ ...TO, id: 'x'.repeat(32) }, NOW_MS);
    expect(long).toMatch(/^[\w.-]{53}$/);
  });
});

describe('given the secrets of an account', () => {
  const read = (by: Partial<ChoiceSecrets>, at: Partial<ChoiceSecrets>) =>
    idsOf(at).read(idsOf(by).sign(CHOICE, NOW_MS), TO, NOW_MS)?.id;

  test('when the key or the token was replaced and the old one is still accepted, then its ids are, too', () => {
    expect(read({ encodingAesKeys: ['old'] }, { encodingAesKeys: ['new', 'old'] })).toBe('unsent');
    expect(read({ encodingAesKeys: ['old'] }, { encodingAesKeys: ['new'] })).toBeUndefined();
    const plaintext = { encodingAesKeys: [], appSecret: undefined };
    expect(read({ ...plaintext, tokens: ['old'] }, { ...plaintext, tokens: ['new', 'old'] })).toBe('unsent');
    expect(read({ ...plaintext, tokens: ['old'] }, { ...plaintext, tokens: ['new'] })).toBeUndefined();
  });

  test('when there is a stronger secret, then it alone makes the key: a token may be guessed', () => {
    expect(read({ tokens: ['one'], appSecret: 'one' }, { tokens: ['two'], appSecret: 'two' })).toBe('unsent');
    expect(read({ encodingAesKeys: [], tokens: ['one'] }, { encodingAesKeys: [], tokens: ['two'] })).toBe(
      'unsent',
    );
    expect(
      read({ encodingAesKeys: [], appSecret: 'one' }, { encodingAesKeys: [], appSecret: 'two' }),
    ).toBeUndefined();
  });

  test('when a secret changes meanwhile, then the next id is made of the new one', () => {
    let appSecret = 'one';
    const ids = createChoiceIds(APP_ID, () => ({ encodingAesKeys: [], appSecret, tokens: ['t'] }));
    const before = ids.sign(CHOICE, NOW_MS);
    appSecret = 'two';
    expect(ids.read(before, TO, NOW_MS)).toBeUndefined();
    expect(ids.read(ids.sign(CHOICE, NOW_MS), TO, NOW_MS)).toMatchObject({ id: 'unsent' });
  });
});
