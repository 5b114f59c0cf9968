import { describe, expect, test } from '@jest/globals';
import { createCallBudget } from '../../../src/api/call-budget.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';
import { echoedClient } from './catalogue/echoed-client.js';

const { far, client } = echoedClient();
const DAY = 86_400_000;
const SEND = { cgi_path: '/cgi-bin/message/custom/send' };

function given() {
  const store = new MemoryStateStore();
  const clock = new ManualClock(Date.UTC(2026, 0, 31, 15, 59)); // one minute before February in Beijing
  const budget = () => createCallBudget({ store, clock, appId: toAppId('wx1') });
  return { clock, budget };
}

describe('given a call of which there are few a month', () => {
  test('when two processes make it, then together they make ten, and more in the next month of Beijing', async () => {
    const { clock, budget } = given();
    const [one, two] = [client(budget()), client(budget())];
    const clear = () =>
      Promise.allSettled(
        Array.from({ length: 6 }, (_, n) => (n % 2 === 0 ? one : two).quotas.clearAll({ appid: 'wx1' })),
      );
    const outcomes = [...(await clear()), ...(await clear())];
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'api_budget_spent' } });
    expect(far().received).toHaveLength(10);
    await expect(one.quotas.clearAll({ appid: 'wx1' })).rejects.toThrow('2026-01');
    await clock.advance(60_000);
    await one.quotas.clearAll({ appid: 'wx1' });
  });

  test('when it is the clearing of one API, then it has a count of its own', async () => {
    const { clock, budget } = given();
    const api = client(budget());
    await clock.advance(DAY);
    for (let n = 0; n < 50; n += 1) await api.quotas.clear(SEND);
    await expect(api.quotas.clear(SEND)).rejects.toMatchObject({ code: 'api_budget_spent' });
    await api.quotas.clearAllBySecret({ appid: 'wx1', appsecret: 's' });
  });

  test('when nobody counts, then it is refused, unless it is allowed in so many words', async () => {
    await expect(client().quotas.clear(SEND)).rejects.toMatchObject({ code: 'api_budget_spent' });
    expect(far().received).toEqual([]);
    await client().quotas.clear(SEND, { overBudget: true });
    expect(far().received).toHaveLength(1);
  });
});
