import { afterEach, describe, expect, test } from '@jest/globals';
import { createAlarms, type Alarms, type AlarmSources } from '../../../../src/operations/alarms/alarms.js';
import type { PushOutcome, ServerEvent } from '../../../../src/ports/events.js';
import { HttpFailure, httpResponse, type HttpRequest } from '../../../../src/ports/http-client.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { ManualClock } from '../../../support/manual-clock.js';

const MINUTE = 60_000;
const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRET';

interface Posted {
  readonly alarm?: string;
  readonly phase?: string;
  readonly about?: string;
}

function setUp(over: Partial<AlarmSources> = {}) {
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
    },
    accounts: [{ name: 'default', appId: 'wx1' }],
    sources: {
      lateJobs: async () => ({ oldestAgeMs: 0 }),
      storage: () => ({ degraded: false, failing: false }),
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
      detail: 'whitelist',
    });
    await clock.advance(6 * MINUTE);
    expect(posted).toEqual([]);
    await clock.advance(2 * MINUTE);
    expect(posted).toMatchObject([{ alarm: 'token', says: expect.stringContaining('40164') }]);
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
      accounts: [{ name: 'default', appId: 'wx1' }],
      sources: {
        lateJobs: async () => ({ oldestAgeMs: 0 }),
        storage: () => ({ degraded: false, failing: false }),
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
