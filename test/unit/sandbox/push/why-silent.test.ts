import { describe, expect, test } from '@jest/globals';
import { SANDBOX_ACCOUNT as account } from '../../../../src/sandbox/default-account.js';
import { judge } from '../../../../src/sandbox/push/judge.js';
import { judgeHandshake } from '../../../../src/sandbox/push/judge-handshake.js';
import { preparePush, type PreparedPush } from '../../../../src/sandbox/push/prepare.js';
import type { Hostile, PushRequest } from '../../../../src/sandbox/types/types.js';
import { answeredAttempt } from '../../../support/wechat/answered-attempt.js';

const prepare = (request: PushRequest): PreparedPush =>
  preparePush(request, { account, follower: 'oUser', nowMs: 1_000, nextMsgId: () => '7' });

const reply =
  `<xml><ToUserName>oUser</ToUserName><FromUserName>${account.originalId}</FromUserName><CreateTime>1</CreateTime>` +
  '<MsgType>text</MsgType><Content>hi</Content></xml>';
const verdictOn = (request: PushRequest, body: string, isRepeat = false) =>
  judge(prepare({ mode: 'plaintext', ...request }), answeredAttempt(body), account, 5, { isRepeat }).verdict;

describe('given a push that is spoilt', () => {
  const xml = prepare({}).plainBody;

  test.each(['doctype', 'other-account'] as const)(
    'when it is %s and its body is given, then the body is spoilt as that of a template',
    (hostile) => {
      const spoilt = prepare({ xml, hostile });
      expect(spoilt.plainBody).toBe(prepare({ hostile }).plainBody);
      expect(spoilt.plainBody).not.toBe(xml);
      expect(spoilt.kind).toBe('message.text');
      // A transcript holds it spoilt already.
      expect(prepare({ xml: spoilt.plainBody, hostile }).plainBody).toBe(spoilt.plainBody);
    },
  );

  test('when it gets a reply, then it was believed, and an old one names the setting', () => {
    expect(verdictOn({ hostile: 'doctype' }, reply)).toMatchObject({
      outcome: 'believed',
      reply: { content: 'hi' },
    });
    const old: Hostile = 'old-timestamp';
    expect(verdictOn({ hostile: old }, reply).en).toContain('MAX_PUSH_AGE_S=0');
  });

  test('when it gets success, then that is doubtful; when it is refused, then as it should be', () => {
    expect(verdictOn({ hostile: 'cut-body' }, 'success')).toMatchObject({
      outcome: 'silent',
      en: expect.stringContaining('may have been believed'),
    });
    const refused = judge(prepare({ hostile: 'cut-body' }), answeredAttempt('', 403), account, 5).verdict;
    expect(refused.outcome).toBe('refused');
  });
});

describe('given a push without a reply', () => {
  test.each([
    ['message.text', false, /handler had nothing to say/],
    ['message.text', true, /answered before/],
    ['event.unsubscribe', false, /as it should be/],
    ['event.VIEW', false, /as it should be/],
    ['event.LOCATION', false, /usually not answered/],
    ['event.CLICK', false, /handler had nothing to say/],
  ])('when it is %s (a repeat: %s), then the reason is the likely one', (kind, isRepeat, said) => {
    expect(verdictOn({ kind }, 'success', isRepeat)).toMatchObject({ outcome: 'silent' });
    expect(verdictOn({ kind }, 'success', isRepeat).en).toMatch(said);
  });
});

describe('given a handshake that fails', () => {
  test.each([
    ['is refused', answeredAttempt('', 403), /Token verification failed: check the field Token/],
    ['finds no such path', answeredAttempt('', 404), /check the field URL/],
    ['gets another text', answeredAttempt('<html>'), /check the field URL/],
    [
      'finds nobody',
      { ...answeredAttempt(''), outcome: 'connection-error', error: 'ECONNREFUSED' } as const,
      /URL/,
    ],
  ])('when it %s, then the field of the form is named', (_what, attempt, said) => {
    const verdict = judgeHandshake(attempt, '42', 5);
    expect(verdict.outcome).toBe('failure');
    expect(verdict.en).toMatch(said);
    expect(verdict.zh).toMatch(/token 验证失败|请求 URL 超时/);
    expect(verdict.sentence).toBeUndefined();
  });
});
