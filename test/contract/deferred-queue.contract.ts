import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeferredJob, DeferredQueue, JobResult, JobProcessor } from '../../src/ports/deferred-queue.js';
import { eventually, pass } from '../support/time/eventually.js';

/** A queue of one adapter on fresh, empty ground, on the machine's own clock. */
export interface OpenQueue {
  readonly queue: DeferredQueue;
  /** Closes the queue and opens another on what it kept. */
  reopen(): Promise<DeferredQueue>;
  /** Closes what is open and removes everything. */
  close(): Promise<void>;
}

const DONE: JobResult = { type: 'done' };

const job = (id: string, more: Partial<DeferredJob> = {}): DeferredJob => ({
  id,
  appId: 'wx1',
  pushId: id,
  user: 'o-user',
  push: `<xml><MsgId>9223372036854775807</MsgId><Content><![CDATA[你好 😀]]></Content></xml>`,
  receivedAtMs: 1_767_225_600_000,
  handler: 'slow',
  reason: 'overrun',
  ...more,
});

/** Work that notes every look at a job, and does to each what `verdict` says. */
function noting(
  verdict: (job: DeferredJob, look: number, signal: AbortSignal) => JobResult | Promise<JobResult>,
) {
  const looks: { readonly job: DeferredJob; readonly atMs: number }[] = [];
  const work: JobProcessor = async (given, signal) => {
    looks.push({ job: given, atMs: Date.now() });
    return verdict(given, looks.filter(({ job: { id } }) => id === given.id).length, signal);
  };
  return { looks, work, ids: () => looks.map(({ job: { id } }) => id) };
}

/** Tests the contract of every deferred queue. `name` is the adapter's. Waiting is real, so times are short. */
export function deferredQueueContract(name: string, open: () => Promise<OpenQueue>): void {
  describe(`given the deferred queue of ${name}`, () => {
    let opened: OpenQueue;
    let queue: DeferredQueue;
    beforeEach(async () => {
      opened = await open();
      ({ queue } = opened);
    });
    afterEach(() => opened.close());

    test('when a job is put and done, then its work saw it as it was put and nothing is left', async () => {
      const put = job('wx1.msg-1', {
        reason: 'deferred',
        task: { city: '北京', ids: ['9223372036854775807'] },
      });
      await queue.put(put);
      expect(await queue.size()).toBe(1);
      const { looks, work } = noting(() => DONE);
      queue.consume(work);
      await eventually(async () => expect(await queue.size()).toBe(0));
      expect(looks.map((look) => look.job)).toEqual([put]);
    });

    test('when a consumer waits already, then a put job reaches it at once', async () => {
      const { looks, work } = noting(() => DONE);
      queue.consume(work);
      await queue.put(job('wx1.first'));
      await eventually(() => expect(looks).toHaveLength(1));
      const atMs = Date.now();
      await queue.put(job('wx1.second'));
      await eventually(() => expect(looks).toHaveLength(2));
      expect((looks[1]?.atMs ?? Infinity) - atMs).toBeLessThan(500);
    });

    test('when many are put at once, then each is worked on once', async () => {
      const ids = Array.from({ length: 300 }, (_, index) => `wx1.msg-${index}`);
      await Promise.all(ids.map((id) => queue.put(job(id))));
      expect(await queue.size()).toBe(300);
      const noted = noting(() => DONE);
      queue.consume(noted.work);
      await eventually(async () => expect(await queue.size()).toBe(0));
      expect(noted.ids().sort()).toEqual(ids.sort());
    });

    test('when the same id is put twice, then it is kept once, with the first data', async () => {
      await queue.put(job('wx1.msg-1', { handler: 'first' }));
      await queue.put(job('wx1.msg-1', { handler: 'second' }));
      await Promise.all([queue.put(job('wx1.msg-1')), queue.put(job('wx1.msg-1'))]);
      expect(await queue.size()).toBe(1);
      const { looks, work } = noting(() => DONE);
      queue.consume(work);
      await eventually(async () => expect(await queue.size()).toBe(0));
      expect(looks.map((look) => look.job.handler)).toEqual(['first']);
    });

    test('when jobs wait for different reasons, then they are counted apart, and one that could not be done counts as due', async () => {
      const afterMs = 60_000;
      const verdicts: Record<string, JobResult> = {
        'wx1.kept': { type: 'retry', afterMs, inMailbox: true },
        'wx1.leased': { type: 'retry', afterMs },
        'wx1.failed': { type: 'retry', afterMs, isOverdue: true },
      };
      const { looks, work } = noting(({ id }) => verdicts[id] ?? DONE);
      queue.consume(work);
      const { receivedAtMs } = job('');
      await queue.put(job('wx1.kept'));
      await queue.put(job('wx1.leased', { receivedAtMs: receivedAtMs + 1 }));
      await eventually(() => expect(looks).toHaveLength(2));
      await eventually(async () =>
        expect(await queue.counts()).toEqual({ waiting: 0, delayed: 1, inMailbox: 1, active: 0 }),
      );
      await queue.put(job('wx1.failed', { receivedAtMs: receivedAtMs + 2 }));
      await eventually(async () =>
        expect(await queue.counts()).toEqual({
          waiting: 0,
          delayed: 2,
          inMailbox: 1,
          active: 0,
          oldestPushAtMs: receivedAtMs + 2,
        }),
      );
    });

    test('when the same id is put while it is worked on, then it is not worked on again', async () => {
      let finish: (() => void) | undefined;
      const { looks, work } = noting(
        () =>
          new Promise((resolve) => {
            finish = () => resolve(DONE);
          }),
      );
      queue.consume(work);
      await queue.put(job('wx1.msg-1'));
      await eventually(() => expect(looks).toHaveLength(1));
      await queue.put(job('wx1.msg-1'));
      expect(await queue.size()).toBe(1);
      finish?.();
      await eventually(async () => expect(await queue.size()).toBe(0));
      expect(looks).toHaveLength(1);
    });

    test('when a job is done, then its id is free again', async () => {
      const { looks, work } = noting(() => DONE);
      queue.consume(work);
      for (const count of [1, 2]) {
        await queue.put(job('wx1.msg-1'));
        await eventually(async () => expect([looks.length, await queue.size()]).toEqual([count, 0]));
      }
    });

    test('when a job is not due yet, then nobody sees it before its time', async () => {
      const notBeforeMs = Date.now() + 400;
      const { looks, work } = noting(() => DONE);
      queue.consume(work);
      await queue.put(job('wx1.later'), { notBeforeMs });
      await queue.put(job('wx1.past'), { notBeforeMs: notBeforeMs - 60_000 });
      await eventually(() => expect(looks).toHaveLength(2));
      expect(looks.map((look) => look.job.id)).toEqual(['wx1.past', 'wx1.later']);
      expect(looks[1]?.atMs).toBeGreaterThanOrEqual(notBeforeMs - 1);
      expect(looks[1]?.atMs).toBeLessThan(notBeforeMs + 700);
    });

    test('when the verdict is "again", then the job comes again after that time', async () => {
      const { looks, work } = noting((_, look) => (look < 3 ? { type: 'retry', afterMs: 150 } : DONE));
      queue.consume(work);
      await queue.put(job('wx1.msg-1'));
      await eventually(async () => expect([looks.length, await queue.size()]).toEqual([3, 0]));
      const [first, second, third] = looks.map(({ atMs }) => atMs);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(149);
      expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(149);
    });

    test('when work is rejected, then the job comes again after a second, as often as needed', async () => {
      const { looks, work } = noting((_, look) =>
        look < 2 ? Promise.reject(new Error('handler broke')) : DONE,
      );
      queue.consume(work);
      await queue.put(job('wx1.msg-1'));
      await eventually(async () => expect([looks.length, await queue.size()]).toEqual([2, 0]));
      const [first, second] = looks.map(({ atMs }) => atMs);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
      expect((second ?? 0) - (first ?? 0)).toBeLessThan(3000);
    });

    test('when a waiting job is hurried, then it is due now; an absent or finished one is passed over', async () => {
      const { looks, work } = noting(() => DONE);
      queue.consume(work);
      await queue.put(job('wx1.msg-1'), { notBeforeMs: Date.now() + 60_000 });
      await pass(100);
      expect(looks).toEqual([]);
      await queue.promote('wx1.msg-1');
      await eventually(async () => expect([looks.length, await queue.size()]).toEqual([1, 0]));
      await queue.promote('wx1.msg-1');
      await queue.promote('wx1.never');
    });

    test('when a job is hurried while it is worked on, then it is not worked on twice', async () => {
      const { looks, work } = noting(() => pass(200).then(() => DONE));
      queue.consume(work);
      await queue.put(job('wx1.msg-1'));
      await eventually(() => expect(looks).toHaveLength(1));
      await queue.promote('wx1.msg-1');
      await eventually(async () => expect(await queue.size()).toBe(0));
      expect(looks).toHaveLength(1);
    });

    test('when a waiting job is removed, then it is gone for one caller only and its id is free', async () => {
      await queue.put(job('wx1.due'));
      await queue.put(job('wx1.later'), { notBeforeMs: Date.now() + 60_000 });
      expect(await Promise.all([queue.remove('wx1.due'), queue.remove('wx1.due')])).toContain(false);
      expect(await queue.remove('wx1.later')).toBe(true);
      expect(await queue.remove('wx1.later')).toBe(false);
      expect(await queue.remove('wx1.never')).toBe(false);
      expect(await queue.size()).toBe(0);
      const noted = noting(() => DONE);
      queue.consume(noted.work);
      await queue.put(job('wx1.due', { handler: 'new' }));
      await eventually(async () => expect(await queue.size()).toBe(0));
      expect(noted.looks.map((look) => look.job.handler)).toEqual(['new']);
    });

    test('when a job is being worked on, then it cannot be removed', async () => {
      const { looks, work } = noting(() => pass(200).then(() => DONE));
      queue.consume(work);
      await queue.put(job('wx1.msg-1'));
      await eventually(() => expect(looks).toHaveLength(1));
      expect(await queue.remove('wx1.msg-1')).toBe(false);
      await eventually(async () => expect(await queue.size()).toBe(0));
    });

    test('when many jobs wait, then as many are worked on together as were allowed', async () => {
      let running = 0;
      let most = 0;
      const { looks, work } = noting(async () => {
        running += 1;
        most = Math.max(most, running);
        await pass(50);
        running -= 1;
        return DONE;
      });
      await Promise.all(Array.from({ length: 12 }, (_, index) => queue.put(job(`wx1.msg-${index}`))));
      queue.consume(work, { concurrency: 4 });
      await eventually(() => expect(looks).toHaveLength(12));
      await eventually(async () => expect(await queue.size()).toBe(0));
      expect(most).toBe(4);
    });

    test('when a consumer stops, then it waits for what runs and takes nothing more', async () => {
      let finished = 0;
      const { looks, work } = noting(() =>
        pass(200).then(() => {
          finished += 1;
          return DONE;
        }),
      );
      const consumer = queue.consume(work);
      await queue.put(job('wx1.msg-1'));
      await eventually(() => expect(looks).toHaveLength(1));
      const stopped = consumer.stop(5000);
      await queue.put(job('wx1.msg-2'));
      await stopped;
      expect(finished).toBe(1);
      await pass(100);
      expect(looks).toHaveLength(1);
      expect(await queue.size()).toBe(1);
    });

    test('when a consumer stops before the work ends, then its signal fires and the job is there for the next process', async () => {
      let signal: AbortSignal | undefined;
      const { looks, work } = noting((_, __, given) => {
        signal = given;
        return new Promise(() => {});
      });
      const consumer = queue.consume(work);
      await queue.put(job('wx1.msg-1'));
      await eventually(() => expect(looks).toHaveLength(1));
      const startMs = Date.now();
      await consumer.stop(100);
      expect(Date.now() - startMs).toBeLessThan(2000);
      expect(signal?.aborted).toBe(true);
      expect(await queue.size()).toBe(1);
      queue = await opened.reopen();
      const second = noting(() => DONE);
      queue.consume(second.work);
      await eventually(async () => expect([second.looks.length, await queue.size()]).toEqual([1, 0]));
    });

    test('when the queue is opened again, then all that was not done is still there, at its time', async () => {
      await queue.put(job('wx1.due'));
      await queue.put(job('wx1.later'), { notBeforeMs: Date.now() + 60_000 });
      queue = await opened.reopen();
      expect(await queue.size()).toBe(2);
      const { ids, work } = noting(() => DONE);
      queue.consume(work);
      await eventually(async () => expect(await queue.size()).toBe(1));
      expect(ids()).toEqual(['wx1.due']);
      await queue.promote('wx1.later');
      await eventually(async () => expect(await queue.size()).toBe(0));
    });
  });
}
