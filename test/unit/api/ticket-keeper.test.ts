import { describe, expect, test } from '@jest/globals';
import { ApiRefused } from '../../../src/api/api-error.js';
import { createAppSecret, type AppSecret } from '../../../src/api/app-secret.js';
import type { JsonObject } from '../../../src/api/response.js';
import { createTicketKeeper, type TicketCentre, type TicketType } from '../../../src/api/ticket-keeper.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { captureLog } from '../../support/app/handler-runtime.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

const MINUTE = 60_000;

function given() {
  const clock = new ManualClock();
  const store = new MemoryStateStore();
  const log = captureLog();
  const asked: TicketType[] = [];
  const world = {
    clock,
    store,
    log,
    asked,
    answer: (type: TicketType, n: number): JsonObject => ({
      errcode: 0,
      errmsg: 'ok',
      ticket: `${n}-${type}`,
      expires_in: 7_200,
    }),
    keeper: (secret?: AppSecret): TicketCentre =>
      createTicketKeeper({
        appId: toAppId('wx1'),
        ...(secret !== undefined && { secret }),
        store,
        clock,
        log,
        random: () => 0,
        async ask(type) {
          const n = asked.push(type);
          await new Promise<void>((resolve) => clock.schedule(500, resolve));
          return world.answer(type, n);
        },
      }),
  };
  return world;
}

describe('given several processes', () => {
  test('when all ask for tickets of both types, then each type is fetched once', async () => {
    const world = given();
    const asking = Promise.all(
      Array.from({ length: 20 }, (_, n) => world.keeper().get(n % 2 === 0 ? 'jsapi' : 'wx_card')),
    );
    await world.clock.advance(1_000);
    expect(new Set(await asking)).toEqual(new Set(['1-jsapi', '2-wx_card']));
    expect(world.asked).toEqual(['jsapi', 'wx_card']);
  });

  test('when a ticket nears its end, then it is renewed by one of them, without anybody asking', async () => {
    const world = given();
    const keepers = [world.keeper(), world.keeper()];
    for (const keeper of keepers) keeper.start();
    const asking = Promise.all(keepers.map((keeper) => keeper.get('jsapi')));
    await world.clock.advance(1_000);
    expect(await asking).toEqual(['1-jsapi', '1-jsapi']);
    await world.clock.advance(116 * MINUTE);
    expect(world.asked).toHaveLength(2);
    expect(await Promise.all(keepers.map((keeper) => keeper.get('jsapi')))).toEqual(['2-jsapi', '2-jsapi']);
    await Promise.all(keepers.map((keeper) => keeper.stop()));
  });
});

describe('given a ticket that cannot be had', () => {
  test.each([
    ['none is in the answer', (): JsonObject => ({ errcode: 0, errmsg: 'ok' }), 'api_unreachable'],
    [
      'WeChat refuses it',
      (): never => {
        throw new ApiRefused('/cgi-bin/ticket/getticket', {
          errcode: 48001,
          text: 'api unauthorized',
          errorClass: 'permission',
        });
      },
      'api_refused',
    ],
  ])(
    'when %s, then that is the error, nothing is kept, and no ticket is in the log',
    async (_, answer, code) => {
      const world = given();
      const right = world.answer;
      world.answer = answer;
      const keeper = world.keeper();
      const outcome = expect(keeper.get('jsapi')).rejects.toMatchObject({ code });
      await world.clock.advance(1_000);
      await outcome;
      world.answer = right;
      await world.clock.advance(10 * MINUTE);
      const asking = keeper.get('jsapi');
      await world.clock.advance(1_000);
      expect(await asking).toBe('2-jsapi');
      expect(world.log.lines).toEqual([
        expect.objectContaining({ message: 'credential fetch failed: no jsapi ticket, retry scheduled' }),
      ]);
      expect(JSON.stringify(world.log.lines)).not.toMatch(/\d-jsapi/);
    },
  );
});

test('given a ticket that failed with the AppSecret, when the right one comes, then the ticket is asked for again', async () => {
  const world = given();
  const secret = createAppSecret(toAppId('wx1'), 'wrong-secret');
  const { answer } = world;
  world.answer = () => {
    throw new ApiRefused('/cgi-bin/stable_token', { errcode: 40125, text: 'no', errorClass: 'config' });
  };
  const [keeper, other] = [world.keeper(secret), world.keeper(secret)];
  for (const one of [keeper, other]) {
    const refused = expect(one.get('jsapi')).rejects.toMatchObject({ errcode: 40125 });
    await world.clock.advance(1_000);
    await refused;
  }
  expect(world.asked).toHaveLength(1);
  world.answer = answer;
  secret.change('right-secret');
  const asking = other.get('jsapi');
  await world.clock.advance(1_000);
  expect(await asking).toBe('2-jsapi');
});
