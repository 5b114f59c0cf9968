import { describe, expect, test } from '@jest/globals';
import { ApiRefused } from '../../../src/api/api-error.js';
import { toFetchRefusal } from '../../../src/api/token-refusal.js';
import { classOf } from '../../../src/protocol/errcodes.js';

const refused = (errcode: number, text = 'what WeChat says') =>
  toFetchRefusal(
    new ApiRefused('/cgi-bin/stable_token', {
      errcode,
      text,
      rid: '691d5b03-245c4618-0056bcfe',
      errorClass: classOf(errcode),
    }),
  );

test('given a wrong AppSecret, when WeChat says so, then the sentence is whole', () => {
  expect(refused(40125, 'invalid appsecret').text).toBe(
    'invalid appsecret: check WECHAT_APP_ID and WECHAT_APP_SECRET; the secret is wrong, was reset, or belongs to another AppID',
  );
});

describe('given a token fetch that WeChat refuses', () => {
  test.each([
    [40001, /WECHAT_APP_SECRET; the secret is wrong, was reset/, 'config'],
    [40013, /WECHAT_APP_ID, letter case included/, 'config'],
    [40125, /WECHAT_APP_SECRET; the secret is wrong, was reset/, 'config'],
    [40164, /IP whitelist/, 'config'],
    [40243, /frozen: unfreeze it in the console; that takes about ten minutes/, 'config'],
    [45009, /used up, until midnight in Beijing/, 'quota-exhausted'],
    [45011, /within a minute/, 'rate-limited'],
    [45035, /IP whitelist/, 'config'],
    [50004, /penalty/, 'permission'],
    [50007, /account is frozen/, 'permission'],
    [61004, /IP whitelist/, 'config'],
    [61024, /third-party platform/, 'config'],
    [89501, /confirmation is pending/, 'config'],
    [89503, /has to confirm this server: WeChat sent them a template message/, 'config'],
    [89506, /24 hours: talk to them/, 'config'],
    [89507, /one hour: talk to them/, 'config'],
  ])(
    'when it is %i, then the sentence that helps is in message and advice',
    (errcode, sentence, errorClass) => {
      const error = refused(errcode);
      expect(error).toMatchObject({ errcode, errorClass, rid: '691d5b03-245c4618-0056bcfe' });
      expect(error.message).toMatch(sentence);
      expect(error.message).toContain('what WeChat says');
      expect(error.advice).toMatch(sentence);
    },
  );

  test.each([
    ['invalid ip 192.0.2.16, not in whitelist hint: [vEJBZa04161512]', '192.0.2.16'],
    ['invalid ip 198.51.100.128 ipv6 ::ffff:198.51.100.128, not in whitelist', '198.51.100.128'],
    ['invalid ip ::ffff:203.0.113.7, not in whitelist', '203.0.113.7'],
    ['invalid ip 203.0.113.7 ipv6 2001:db8::7, not in whitelist', '203.0.113.7 and 2001:db8::7'],
    ['invalid ip 2001:db8::7, not in whitelist', '2001:db8::7'],
  ])('when it says "%s", then %s is what to add', (text, address) => {
    expect(refused(40164, text).advice).toContain(`add ${address} to the IP whitelist`);
    expect(refused(61004, text).advice).toContain(`add ${address} to the IP whitelist`);
  });

  test('when the code is not known here, then it stays as it was', () => {
    expect(refused(48001)).toMatchObject({
      errcode: 48001,
      text: 'what WeChat says',
      errorClass: 'permission',
    });
  });
});
