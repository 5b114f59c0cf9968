import { afterEach, describe, expect, test } from '@jest/globals';
import {
  createAlarms,
  type Alarms,
  type AlarmSettings,
  type AlarmSources,
} from '../../../../src/operations/alarms/alarms.js';
import type { PushOutcome, ServerEvent } from '../../../../src/ports/events.js';
import { HttpFailure, httpResponse, type HttpRequest } from '../../../../src/ports/http-client.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

const MINUTE = 60_000;
const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRET';

interface Posted {
  readonly alarm?: string;
  readonly phase?: string;
  readonly about?: string;
  readonly count?: number;
  readonly says?: string;
}

function setUp(over: Partial<AlarmSources> = {}, changed: Partial<AlarmSettings> = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const posted: Posted[] = [];
  const requests: HttpRequest[] = [];
  const emitted: ServerEvent[] = [];
  const alarms = createAlarms({
    settings: {
      webhookUrls: ['https://hooks.example.com/a'],
      timeouts: 10,
      refusals: 10,
      unavailable: 3,
      unheard: 10,
      dead_letters: 5,
      handler_errors: 5,
      tokenAfterMs: 2 * MINUTE,
      backlogAfterMs: 2 * MINUTE,
      storageAfterMs: 30_000,
      silenceMinMs: 30 * MINUTE,
      quotaAbove: 0.9,
      diskBelowBytes: 200 * 1_048_576,
      ...changed,
    },
    accounts: () => [{ name: 'default', appId: 'wx1' }],
    sources: {
      lateJobs: async () => ({ oldestAgeMs: 0 }),
      storage: () => ({ degraded: false, failing: false }),
      recordingFailed: () => false,
      freeBytes: async () => 1e12,
      quotas: async () => [],
      silence: { read: async () => undefined, write: async () => undefined },
      ...over,
    },
    events: { emit: (event) => void emitted.push(event) },
    http: async (request) => {
      requests.push(request);
      const body: Posted = JSON.parse(request.body ?? '{}');
      posted.push(body);
      return httpResponse(200, '{"errcode":0,"code":0}');
    },
    clock,
    log: silentLogger,
  });
  alarms.start();
  return { clock, alarms, posted, requests, emitted };
}

let running: Alarms | undefined;
afterEach(() => running?.stop());

function answered(outcome: PushOutcome, pushId = 'p'): ServerEvent {
  return {
    type: 'push.answered',
    account: 'default',
    kind: 'message.text',
    outcome,
    handler: '',
    pushId,
    ms: 1,
  };
}

const threw: ServerEvent = {
  type: 'handler.ended',
  account: 'default',
  handler: 'weather',
  ms: 1,
  result: 'threw',
};

describe('given alarms with a webhook', () => {
  test('when a handler throws five times, then one post says which; it ends once it has not for a while', async () => {
    const { clock, alarms, posted, emitted } = setUp();
    running = alarms;
    for (let times = 0; times < 20; times += 1) alarms.listener(threw);
    await clock.advance(1_000);
    expect(posted).toMatchObject([{ alarm: 'handler_errors', phase: 'began', about: 'weather' }]);
    expect(emitted).toEqual([{ type: 'alarm.raised', account: 'default', alarm: 'handler_errors' }]);
    expect(alarms.inForce()).toMatchObject([{ alarm: 'handler_errors', count: 20 }]);
    await clock.advance(6 * MINUTE);
    expect(posted.map(({ phase }) => phase)).toEqual(['began', 'ended']);
    expect(alarms.inForce()).toEqual([]);
  });

  test('when the recording stops, then one alarm says so until it is mended', async () => {
    const { clock, alarms, posted } = setUp({ recordingFailed: () => true });
    running = alarms;
    await clock.advance(10 * MINUTE);
    expect(posted.map(({ alarm, phase }) => [alarm, phase])).toEqual([['storage', 'began']]);
    expect(alarms.inForce().map(({ about }) => about)).toEqual(['recording']);
  });

  test('when Redis may evict accepted work, then that is told at once, and when it is mended', async () => {
    let evicts = true;
    const { clock, alarms, posted } = setUp({ storage: () => ({ degraded: false, failing: false, evicts }) });
    alarms.start();
    await clock.advance(10_000);
    expect(posted).toMatchObject([
      { alarm: 'storage', phase: 'began', says: expect.stringContaining('noeviction') },
    ]);
    evicts = false;
    await clock.advance(10_000);
    expect(posted.map(({ phase }) => phase)).toEqual(['began', 'ended']);
  });

  test('when an alarm goes on for hours, then it is told once an hour', async () => {
    const { clock, alarms, posted } = setUp({ storage: () => ({ degraded: true, failing: false }) });
    running = alarms;
    await clock.advance(150 * MINUTE);
    expect(posted.map(({ alarm, phase }) => [alarm, phase])).toEqual([
      ['storage', 'began'],
      ['storage', 'goes-on'],
      ['storage', 'goes-on'],
    ]);
  });

  test('when attempts are left open on purpose, then each push counts once', async () => {
    const { clock, alarms, posted } = setUp();
    running = alarms;
    for (let push = 0; push < 9; push += 1)
      for (let attempt = 0; attempt < 2; attempt += 1) alarms.listener(answered('held', `p${push}`));
    await clock.advance(1_000);
    expect(posted).toEqual([]);
    alarms.listener(answered('held', 'p9'));
    await clock.advance(1_000);
    expect(posted).toMatchObject([{ alarm: 'timeouts', phase: 'began', count: 10 }]);
  });

  test('when attempts come again for answered pushes, then each push counts once', async () => {
    const { alarms, clock, posted } = setUp();
    running = alarms;
    const comesAgain = (pushId: string): void =>
      alarms.listener({ type: 'answer.unheard', account: 'default', pushId });
    for (let push = 0; push < 9; push += 1)
      for (let time = 0; time < 2; time += 1) comesAgain(`push ${push}`);
    await clock.advance(1_000);
    expect(posted).toEqual([]);
    comesAgain('push 9');
    await clock.advance(1_000);
    expect(posted).toMatchObject([{ alarm: 'unheard', phase: 'began' }]);
  });

  test('when webhooks are tried, then they hear of a test and of no alarm', async () => {
    const { alarms, posted, emitted } = setUp();
    running = alarms;
    expect(await alarms.test()).toEqual([{ host: 'hooks.example.com', ok: true, detail: 'status 200' }]);
    expect(posted).toMatchObject([{ alarm: 'test', phase: 'test' }]);
    expect([alarms.inForce(), emitted]).toEqual([[], []]);
  });

  test('when most calls of an API are used, then one alarm says how many in a hundred, until midnight has passed, and each reading is told', async () => {
    let used = 0.95;
    const asked: (readonly { api: string }[])[] = [];
    const { alarms, clock, posted, emitted } = setUp({
      quotas: async (inUse) => {
        asked.push(inUse);
        return inUse.map(({ account, api }) => ({ account, api, used }));
      },
    });
    running = alarms;
    const api = '/cgi-bin/message/custom/send';
    for (let call = 0; call < 3; call += 1)
      alarms.listener({ type: 'api.called', account: 'default', api, result: 'ok', ms: 1 });
    await clock.advance(9 * MINUTE);
    expect(asked).toEqual([]);
    await clock.advance(2 * MINUTE);
    expect(asked).toEqual([[{ account: 'default', api }]]);
    expect(posted).toMatchObject([
      { alarm: 'quota', about: api, count: 95, says: expect.stringContaining('95%') },
    ]);
    used = 0;
    await clock.advance(11 * MINUTE);
    expect(posted.map(({ phase }) => phase)).toEqual(['began', 'ended']);
    expect(emitted.filter(({ type }) => type === 'quota.read')).toMatchObject([{ used: 0.95 }, { used: 0 }]);
    await clock.advance(30 * MINUTE);
    expect(asked).toHaveLength(2);
  });

  test('when the last calls of a day go between two readings, then the first refusal raises the alarm', async () => {
    const { alarms, clock, posted } = setUp({
      quotas: async (inUse) => inUse.map(({ account, api }) => ({ account, api, used: 1 })),
    });
    running = alarms;
    const api = '/cgi-bin/message/custom/send';
    alarms.listener({ type: 'api.called', account: 'default', api, result: 'quota-exhausted', ms: 1 });
    await clock.advance(1_000);
    expect(posted).toMatchObject([{ alarm: 'quota', about: api, count: 100 }]);
    await clock.advance(30 * MINUTE);
    expect(posted).toHaveLength(1);
  });

  test('when WeChat refuses the token in use and gives no other, then the alarm does not wait for its end, and no other program is suspected', async () => {
    const { clock, alarms, posted } = setUp();
    running = alarms;
    const account = 'default';
    alarms.listener({
      type: 'token.refreshed',
      account,
      result: 'ok',
      expiresAtMs: clock.now() + 120 * MINUTE,
    });
    alarms.listener({ type: 'token.superseded', account, times: 1 });
    const failed = { type: 'token.refreshed', account, result: 'failed', errcode: 40125 } as const;
    alarms.listener({ ...failed, expiresAtMs: clock.now() });
    await clock.advance(3 * MINUTE);
    expect(posted).toMatchObject([{ alarm: 'token', phase: 'began' }]);
  });

  test('when another program fetches tokens, then one alarm says so until it has been gone for an hour', async () => {
    const { clock, alarms, posted } = setUp();
    running = alarms;
    const account = 'default';
    for (let times = 1; times <= 3; times += 1) {
      alarms.listener({ type: 'token.superseded', account, times });
      alarms.listener({
        type: 'token.refreshed',
        account,
        result: 'ok',
        expiresAtMs: clock.now() + 120 * MINUTE,
      });
      await clock.advance(MINUTE);
    }
    expect(posted).toMatchObject([{ alarm: 'foreign_refresher', phase: 'began' }]);
    await clock.advance(61 * MINUTE);
    expect(posted.map(({ phase }) => phase)).toEqual(['began', 'ended']);
  });

  test('when a threshold is 0, then its alarm is off', async () => {
    const asked: unknown[] = [];
    const { alarms, clock, posted } = setUp(
      {
        lateJobs: async () => ({ oldestAgeMs: 9 * 3_600_000 }),
        storage: () => ({ degraded: true, failing: true }),
        freeBytes: async () => 0,
        quotas: async (inUse) => (asked.push(inUse), []),
      },
      { backlogAfterMs: 0, storageAfterMs: 0, diskBelowBytes: 0, quotaAbove: 0, tokenAfterMs: 0, unheard: 0 },
    );
    running = alarms;
    alarms.listener({ type: 'api.called', account: 'default', api: '/cgi-bin/token', result: 'ok', ms: 1 });
    alarms.listener({ type: 'token.refreshed', account: 'default', result: 'failed' });
    for (let push = 0; push < 20; push += 1)
      alarms.listener({ type: 'answer.unheard', account: 'default', pushId: `push ${push}` });
    await clock.advance(20 * MINUTE);
    expect([posted, asked]).toEqual([[], []]);
  });

  test('when the token cannot be fetched while the old one still serves, then nothing is said until it ends', async () => {
    const { clock, alarms, posted } = setUp();
    running = alarms;
    const account = 'default';
    const expiresAtMs = clock.now() + 5 * MINUTE;
    alarms.listener({ type: 'token.refreshed', account, result: 'ok', expiresAtMs });
    alarms.listener({
      type: 'token.refreshed',
      account,
      result: 'failed',
      errcode: 40164,
      advice: { en: 'add the address to the whitelist', zh: '加入 IP 白名单' },
    });
    await clock.advance(6 * MINUTE);
    expect(posted).toEqual([]);
    await clock.advance(2 * MINUTE);
    expect(posted).toMatchObject([{ alarm: 'token', says: expect.stringMatching(/40164.*白名单/) }]);
    alarms.listener({ type: 'token.refreshed', account, result: 'ok', expiresAtMs: expiresAtMs + 9e6 });
    await clock.advance(1_000);
    expect(posted.at(-1)).toMatchObject({ alarm: 'token', phase: 'ended' });
  });

  test('when a webhook hangs up and refuses, then the notice is tried again, and nothing waits for it', async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const requests: HttpRequest[] = [];
    let failing = 2;
    const alarms = createAlarms({
      settings: {
        webhookUrls: [WECOM],
        timeouts: 0,
        refusals: 0,
        unavailable: 1,
        unheard: 0,
        dead_letters: 0,
        handler_errors: 0,
        tokenAfterMs: 0,
        backlogAfterMs: 0,
        storageAfterMs: 0,
        silenceMinMs: 0,
        quotaAbove: 0,
        diskBelowBytes: 0,
      },
      accounts: () => [{ name: 'default', appId: 'wx1' }],
      sources: {
        lateJobs: async () => ({ oldestAgeMs: 0 }),
        storage: () => ({ degraded: false, failing: false }),
        recordingFailed: () => true,
        freeBytes: async () => 1,
        quotas: async () => [],
        silence: { read: async () => undefined, write: async () => undefined },
      },
      events: { emit: () => undefined },
      http: async (request) => {
        requests.push(request);
        failing -= 1;
        if (failing === 1) throw new HttpFailure('cut', { sent: true });
        if (failing === 0) return httpResponse(200, '{"errcode":93000,"errmsg":"invalid webhook url"}');
        return httpResponse(200, '{"errcode":0,"errmsg":"ok"}');
      },
      clock,
      log: silentLogger,
    });
    alarms.listener(answered('unavailable'));
    await clock.advance(10_000);
    await clock.advance(10 * MINUTE);
    expect(requests).toHaveLength(3);
    expect(JSON.parse(requests[2]?.body ?? '')).toMatchObject({
      msgtype: 'text',
      text: { content: expect.stringContaining('503') },
    });
    alarms.stop();
  });
});

describe('given an account with a week of ordinary traffic', () => {
  /** Busy by day, a push every 20 minutes at night. */
  function nextGap(atMs: number): number {
    const hour = new Date(atMs + 8 * 3_600_000).getUTCHours();
    return hour >= 1 && hour < 7 ? 20 * MINUTE : 2 * MINUTE;
  }

  test('when it goes on, then no silence is reported; when it stops by day, then within an hour; at night, later', async () => {
    const { clock, alarms, posted } = setUp();
    running = alarms;
    const endMs = clock.now() + 7 * 24 * 60 * MINUTE;
    while (clock.now() < endMs) {
      alarms.listener(answered('silent'));
      await clock.advance(nextGap(clock.now()));
    }
    expect(posted).toEqual([]);
    await clock.advance(59 * MINUTE);
    expect(posted).toMatchObject([{ alarm: 'silence', phase: 'began' }]);
  });

  test('when there is less than a day to compare with, then silence says nothing', async () => {
    const { clock, alarms, posted } = setUp();
    running = alarms;
    alarms.listener(answered('silent'));
    await clock.advance(20 * 60 * MINUTE);
    expect(posted).toEqual([]);
  });
});
