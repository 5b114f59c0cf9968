import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createAdminServer } from '../../src/http/admin-server.js';
import { createKeyGuesses } from '../../src/http/key-guesses.js';
import { createLiveEvents } from '../../src/http/live-events.js';
import { createTokenRoutes } from '../../src/http/token-routes.js';
import { recordTtlsFor } from '../../src/pipeline/record/update-record.js';
import { noEvents } from '../../src/ports/events.js';
import { createRouter } from '../../src/handler-runtime/router.js';
import { createDeadLetterQueue } from '../../src/pipeline/dead-letters/dead-letter-queue.js';
import { createDeadLetterNotifier } from '../../src/pipeline/dead-letters/notify-observers.js';
import type { DeferredJob } from '../../src/ports/deferred-queue.js';
import { systemClock } from '../../src/ports/clock.js';
import { deadLetter } from '../support/storage/dead-letter.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { noopQueue } from '../support/storage/noop-queue.js';
import { noOperations } from '../support/app/no-operations.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import { assertSilence, USER_TEXT } from '../support/app/test-app.js';

const APP_ID = 'wx0123456789abcdef';

let store: MemoryStateStore;
let jobs: DeferredJob[];
let news: ReturnType<typeof createDeadLetterNotifier>;
let log: ReturnType<typeof captureLog>;
let server: ReturnType<typeof createAdminServer>;
beforeEach(() => {
  store = new MemoryStateStore();
  jobs = [];
  news = createDeadLetterNotifier({
    accounts: () => new Map(),
    router: () => createRouter([]),
    log,
    events: noEvents,
  });
  log = captureLog();
  const queue = { ...noopQueue, put: (job: DeferredJob) => Promise.resolve(void jobs.push(job)) };
  const guesses = createKeyGuesses(systemClock, log);
  server = createAdminServer({
    key: undefined,
    letters: createDeadLetterQueue({
      store,
      queue,
      clock: systemClock,
      ttls: recordTtlsFor(600),
      owner: { id: 'tested' },
      accounts: () => new Map([[APP_ID, {}]]),
    }),
    status: () => Promise.resolve({ deadLetters: news.counts() }),
    operations: noOperations,
    metricsKey: undefined,
    tokenRoutes: createTokenRoutes({ accounts: () => [], key: undefined, guesses, clock: systemClock, log }),
    guesses,
    live: createLiveEvents([], systemClock),
    clock: systemClock,
    log,
  });
});
afterEach(() => assertSilence(log.lines.map((line) => JSON.stringify(line))));

const idsAt = async (path: string): Promise<unknown> =>
  Object((await request(server).get(path)).body).letters?.map(({ id }: { id: string }) => id);

describe('given dead letters on the admin listener', () => {
  test('when they are listed, then the newest first, as many as asked for, and without what anybody said', async () => {
    await store.putDeadLetter(deadLetter('msg-1', { atMs: 1, task: { said: USER_TEXT } }));
    await store.putDeadLetter(deadLetter('msg-2', { atMs: 2, errcode: 45015, rid: '6a-1-2' }));
    const all = await request(server).get('/dead-letters');
    expect(all.body).toEqual({
      letters: [
        expect.objectContaining({ id: 'msg-2', messages: 1, errcode: 45015, rid: '6a-1-2' }),
        expect.objectContaining({ id: 'msg-1', messages: 1 }),
      ],
      more: false,
    });
    expect(all.text).not.toContain(USER_TEXT);
    expect((await request(server).get('/dead-letters?limit=1')).body).toMatchObject({ more: true });
  });

  test('when they are filtered, then by everything that a letter says', async () => {
    await store.putDeadLetter(deadLetter('a', { atMs: Date.UTC(2026, 5, 1), reason: 'busy' }));
    await store.putDeadLetter(deadLetter('b', { atMs: Date.UTC(2026, 5, 2), handler: 'shop/order' }));
    await store.putDeadLetter(deadLetter('c', { atMs: Date.UTC(2026, 5, 3), user: 'oOther' }));
    await store.putDeadLetter(deadLetter('d', { atMs: Date.UTC(2026, 5, 4), appId: 'wxOther' }));
    expect(await idsAt('/dead-letters?reason=busy')).toEqual(['a']);
    expect(await idsAt('/dead-letters?handler=shop%2Forder')).toEqual(['b']);
    expect(await idsAt('/dead-letters?user=oOther')).toEqual(['c']);
    expect(await idsAt('/dead-letters?appId=wxOther')).toEqual(['d']);
    expect(await idsAt('/dead-letters?since=2026-06-02')).toEqual(['d', 'c', 'b']);
    expect(await idsAt('/dead-letters?since=2026-06-02&user=oUser')).toEqual(['d', 'b']);
  });

  test.each(['since=yesterday', 'limit=0', 'limit=x', 'reasons=busy', 'user=a&user=b'])(
    'when the question is %s, then it is refused with a sentence',
    async (query) => {
      const { status, body } = await request(server).get(`/dead-letters?${query}`);
      expect([status, body]).toEqual([400, { error: 'bad_request', message: expect.any(String) }]);
    },
  );

  test('when one is read, then with its texts only where they are asked for, and the log says that somebody did', async () => {
    await store.putDeadLetter(deadLetter('msg-1', { task: { city: '北京' } }));
    const bare = await request(server).get('/dead-letters/msg-1');
    expect([bare.body.texts, bare.text.includes(USER_TEXT)]).toEqual([undefined, false]);
    expect(log.lines).toEqual([]);
    const { body } = await request(server).get('/dead-letters/msg-1?texts=1');
    expect(body.texts).toMatchObject({
      push: expect.stringContaining(USER_TEXT),
      messages: [{ text: { content: USER_TEXT } }],
      task: { city: '北京' },
    });
    expect(log.lines).toMatchObject([{ fields: { letter: 'msg-1', from: '127.0.0.1' } }]);
  });

  test('when one is retried, then its work is in the queue and it is gone', async () => {
    await store.putDeadLetter(deadLetter('msg-1'));
    const { status, body } = await request(server).post('/dead-letters/msg-1/retry').send({});
    expect([status, body]).toEqual([200, { id: 'msg-1', outcome: 'retried' }]);
    expect(jobs).toMatchObject([{ pushId: 'msg-1', handler: 'weather', receivedAtMs: 1_736_670_151_000 }]);
    expect(await idsAt('/dead-letters')).toEqual([]);
  });

  test('when it cannot be retried, then the answer says why', async () => {
    await store.putDeadLetter(deadLetter('foreign', { appId: 'wxGone' }));
    await store.putDeadLetter(deadLetter('busy'));
    await store.claim({ key: `${APP_ID}:push:busy`, owner: 'o', nowMs: Date.now(), ttlMs: 60_000 });
    const retry = async (id: string) => {
      const { status, body } = await request(server).post(`/dead-letters/${id}/retry`).send({});
      return [status, body.error];
    };
    expect(await retry('none')).toEqual([404, 'letter_unknown']);
    expect(await retry('foreign')).toEqual([409, 'account_missing']);
    expect(await retry('busy')).toEqual([409, 'under_way']);
    expect(await idsAt('/dead-letters')).toHaveLength(2);
  });

  test('when one is dropped, then it is gone for good', async () => {
    await store.putDeadLetter(deadLetter('msg-1'));
    expect((await request(server).delete('/dead-letters/msg-1')).status).toBe(200);
    expect((await request(server).delete('/dead-letters/msg-1')).status).toBe(404);
    expect((await request(server).get('/dead-letters/msg-1')).status).toBe(404);
  });

  test('when the state is asked for, then it counts the dead letters, by reason', async () => {
    for (const reason of ['busy', 'unknown', 'busy']) news.onDeadLetter(deadLetter('x', { reason }));
    expect((await request(server).get('/status')).body).toMatchObject({
      deadLetters: { busy: 2, unknown: 1 },
    });
  });
});
