import { describe, expect, test } from '@jest/globals';
import { OFFICIAL_NAMES } from '../../../../src/api/catalogue/official-names.js';
import { reportText } from '../../../../src/operations/troubles/report-text.js';
import { TroubleLog } from '../../../../src/operations/troubles/trouble-log.js';
import { MAX_TROUBLES, TroubleStore } from '../../../../src/operations/troubles/trouble-store.js';
import { countKinds } from '../../../../src/operations/troubles/trouble.js';
import type { ServerEvent } from '../../../../src/ports/events.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { StoreUnavailable } from '../../../../src/ports/state-store.js';
import { catalogueRows } from '../../../support/wechat/catalogue-rows.js';
import { ManualClock } from '../../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../../support/storage/memory-state-store.js';

const AT = 1_700_000_000_000;

function setUp() {
  const clock = new ManualClock(AT);
  const memory = new MemoryStateStore();
  let away = false;
  const guarded = {
    get: async (...args: Parameters<typeof memory.get>) => {
      if (away) throw new StoreUnavailable('away');
      return memory.get(...args);
    },
    compareAndSet: async (...args: Parameters<typeof memory.compareAndSet>) => {
      if (away) throw new StoreUnavailable('away');
      return memory.compareAndSet(...args);
    },
  };
  const store = new TroubleStore(guarded, clock);
  const accounts = [{ name: 'default', appId: 'wx1234567890abcdef', originalId: 'gh_1' }];
  const log = new TroubleLog({ store, accounts: () => accounts, clock, log: silentLogger });
  return { clock, store, log, setAway: (is: boolean) => (away = is) };
}

const failed = (over: Partial<Extract<ServerEvent, { type: 'api.called' }>> = {}): ServerEvent => ({
  type: 'api.called',
  account: 'default',
  api: '/cgi-bin/message/custom/send',
  result: 'window-closed',
  ms: 12,
  errcode: 45015,
  errmsg: 'response out of time limit or subscription is canceled',
  rid: '6553f100-12345678-9abcdef0',
  accessPoint: 'api.weixin.qq.com',
  user: 'oUser',
  ...over,
});

describe('given a log of troubles', () => {
  test('when calls fail, then they are listed newest first with how many of a kind there are', async () => {
    const { log, store, clock } = setUp();
    log.listener(failed());
    await clock.advance(1_000);
    log.listener(failed({ api: '/cgi-bin/menu/create', errcode: 40018 }));
    log.listener(failed());
    log.listener(failed({ result: 'ok' }));
    await log.flush();
    expect(countKinds(await store.list())).toMatchObject([
      { id: 't3', what: '/cgi-bin/message/custom/send', count: 2, firstAtMs: AT, originalId: 'gh_1' },
      { id: 't2', what: '/cgi-bin/menu/create', count: 1 },
      { id: 't1', count: 2 },
    ]);
  });

  test('when the store is away, then what happened is written once it is back', async () => {
    const { log, store, clock, setAway } = setUp();
    setAway(true);
    log.listener(failed());
    await log.flush();
    setAway(false);
    expect(await store.list()).toEqual([]);
    await clock.advance(6_000);
    await log.flush();
    expect(await store.list()).toHaveLength(1);
  });

  test('when there are more than are kept, then the oldest go; after a week all are gone', async () => {
    const { log, store, clock } = setUp();
    for (let minute = 0; minute < 60; minute += 1) {
      for (let time = 0; time < 20; time += 1) log.listener(failed());
      await log.flush();
      await clock.advance(60_000);
    }
    const kept = await store.list();
    expect(kept).toHaveLength(MAX_TROUBLES);
    expect(kept[0]?.id).toBe('t600'); // ten of a kind in a minute
    await clock.advance(8 * 24 * 3_600_000);
    expect(await store.list()).toEqual([]);
  });
});

describe('given a trouble', () => {
  const context = {
    version: '0.2.0',
    node: 'v20.20.2',
    officialName: (path: string) => OFFICIAL_NAMES[path],
  };

  async function one(event: ServerEvent) {
    const { log, store } = setUp();
    log.listener(event);
    await log.flush();
    const [trouble] = countKinds(await store.list());
    if (trouble === undefined) throw new Error('nothing was noted');
    return trouble;
  }

  test('when its report is made, then it holds what the support asks for, in Chinese', async () => {
    const lines = reportText(await one(failed()), 'zh', context).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      '场景：客服消息-发送客服消息',
      '接口：/cgi-bin/message/custom/send',
      'AppID：wx1234567890abcdef',
      '原始ID：gh_1',
      'OpenID：oUser',
      '时间：2023-11-15 06:13:20（北京时间）',
    ]);
    expect(lines).toContain('errcode：45015');
    expect(lines).toContain('rid：6553f100-12345678-9abcdef0');
    expect(lines).toContain('rid 对应时间：2023-11-15 06:13:20（北京时间）');
    expect(lines).toContain('接入点：api.weixin.qq.com');
    expect(lines).toContain('频率：1 次，首次出现于 2023-11-15 06:13:20（北京时间）');
    expect(lines.join()).not.toMatch(/access_token=(?!\*\*\*)/);
  });

  test('when it is about the whitelist, then the address that WeChat saw stands in it', async () => {
    const event = failed({ errcode: 40164, errmsg: 'invalid ip 203.0.113.9, not in whitelist' });
    expect(reportText(await one(event), 'en', context)).toContain('Outgoing IP: 203.0.113.9');
  });
});

describe('given the catalogue of APIs', () => {
  test('when each row is looked up, then it has an official name in both languages', () => {
    const missing = catalogueRows.map(({ row }) => row.path).filter((path) => !(path in OFFICIAL_NAMES));
    expect(missing).toEqual([]);
  });
});
