import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lanesContract } from './lanes.contract.js';
import { windowsContract } from './send-quotas.contract.js';
import type { ClaimRequest, DeadLetter, PushRecord, StateStore } from '../../src/ports/state-store.js';

/** A store of one adapter on fresh, empty ground. */
export interface OpenStore {
  readonly store: StateStore;
  /** Closes the store and opens another on what it kept. */
  reopen(): Promise<StateStore>;
  /** Closes what is open and removes everything. */
  close(): Promise<void>;
}

const NOW = Date.UTC(2026, 0, 1);
const KEEP = 600_000;
const RUNNING: PushRecord = { state: 'running', owner: 'p1', fence: 1, attempt: 1 };

/** Tests the contract of every state store. `name` is the adapter's. */
export function stateStoreContract(name: string, open: () => Promise<OpenStore>): void {
  describe(`given the state store of ${name}`, () => {
    lanesContract(open);
    windowsContract(open);
  });
  describe(`given the state store of ${name}`, () => {
    let opened: OpenStore;
    let store: StateStore;
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    const claim = (request: Partial<ClaimRequest> = {}) =>
      store.claim({ key: 'wx1/msg-1', owner: 'p1', nowMs: NOW, ttlMs: KEEP, ...request });
    const swap = (
      rev: number,
      next: PushRecord,
      more: { nowMs?: number; ttlMs?: number; xml?: string } = {},
    ) =>
      store.swap({
        key: 'wx1/msg-1',
        rev,
        next,
        nowMs: more.nowMs ?? NOW,
        ttlMs: more.ttlMs ?? KEEP,
        durable: true,
        ...(more.xml === undefined ? {} : { body: { xml: more.xml, ttlMs: 60_000 } }),
      });

    describe('claims', () => {
      test('when a push is new, then the claim makes its record', async () => {
        expect(await claim()).toEqual({ type: 'claimed', stored: { rev: 1, record: RUNNING } });
        expect(await store.read('wx1/msg-1', NOW)).toEqual({
          stored: { rev: 1, record: RUNNING },
          ownerAlive: false,
        });
      });

      test('when 50 claim the same push at once, then exactly one has it and the others see its record', async () => {
        const owners = Array.from({ length: 50 }, (_, index) => `p${index}`);
        const results = await Promise.all(owners.map((owner) => claim({ owner })));
        const winners = results.filter(({ type }) => type === 'claimed');
        expect(winners).toHaveLength(1);
        const [winner] = winners;
        for (const result of results) {
          if (result.type === 'replayed' || winner?.type !== 'claimed') throw new Error('unexpected');
          expect(result.stored).toEqual(winner.stored);
        }
      });

      test('when pushes differ in key only, then each has its own record', async () => {
        const keys = ['wx1/msg-1', 'wx1/msg-2', 'wx2/msg-1', 'WX1/msg-1', 'wx1/msg-1 '];
        const results = await Promise.all(keys.map((key) => claim({ key })));
        expect(results.map(({ type }) => type)).toEqual(keys.map(() => 'claimed'));
      });

      test('when a record has run out by the given time, then it can be claimed anew and nothing of it remains', async () => {
        await claim();
        await swap(1, { ...RUNNING, state: 'answered' }, { ttlMs: 1000, xml: '<xml>old</xml>' });
        expect((await claim({ nowMs: NOW + 999 })).type).toBe('known');
        expect(await store.read('wx1/msg-1', NOW + 1000)).toBeUndefined();
        expect(await claim({ nowMs: NOW + 1000, owner: 'p2' })).toEqual({
          type: 'claimed',
          stored: { rev: 1, record: { ...RUNNING, owner: 'p2' } },
        });
        expect(await claim({ nowMs: NOW + 1001 })).toEqual({
          type: 'known',
          stored: { rev: 1, record: { ...RUNNING, owner: 'p2' } },
          ownerAlive: false,
        });
      });

      test('when a guard was used for another push, then the claim is a replay and claims nothing', async () => {
        const guard = { key: 'signature', fingerprint: 'push one' };
        expect((await claim({ replayGuard: guard })).type).toBe('claimed');
        expect((await claim({ replayGuard: guard })).type).toBe('known');
        const other = { key: 'wx1/msg-2', replayGuard: { key: 'signature', fingerprint: 'push two' } };
        expect(await claim(other)).toEqual({ type: 'replayed' });
        expect(await store.read('wx1/msg-2', NOW)).toBeUndefined();
        expect(
          (await claim({ ...other, replayGuard: { key: 'another', fingerprint: 'push two' } })).type,
        ).toBe('claimed');
      });

      test('when a known push comes under a new guard, then that guard is used up too', async () => {
        await claim();
        expect((await claim({ replayGuard: { key: 'second', fingerprint: 'push one' } })).type).toBe('known');
        expect(
          (await claim({ key: 'wx1/msg-2', replayGuard: { key: 'second', fingerprint: 'push two' } })).type,
        ).toBe('replayed');
      });

      test('when a guard has run out, then it may be used again', async () => {
        await claim({ replayGuard: { key: 'signature', fingerprint: 'one' }, ttlMs: 1000 });
        const later = { key: 'wx1/msg-2', replayGuard: { key: 'signature', fingerprint: 'two' } };
        expect((await claim({ ...later, nowMs: NOW + 999 })).type).toBe('replayed');
        expect((await claim({ ...later, nowMs: NOW + 1000 })).type).toBe('claimed');
      });
    });

    describe('swaps', () => {
      test('when the revision is right, then the next record stands there under the next revision', async () => {
        await claim();
        const next: PushRecord = { ...RUNNING, state: 'adopted', fence: 2, task: { city: '北京', n: 1.5 } };
        expect(await swap(1, next)).toEqual({ swapped: true, stored: { rev: 2, record: next } });
        expect((await store.read('wx1/msg-1', NOW))?.stored).toEqual({ rev: 2, record: next });
      });

      test('when the revision is wrong, then nothing changes and the loser sees what stands there', async () => {
        await claim();
        await swap(1, { ...RUNNING, state: 'acknowledged' });
        const stored = { rev: 2, record: { ...RUNNING, state: 'acknowledged' } };
        expect(await swap(1, { ...RUNNING, state: 'answered' }, { xml: '<xml/>' })).toEqual({
          swapped: false,
          stored,
        });
        expect(await swap(3, RUNNING)).toEqual({ swapped: false, stored });
        expect(await store.read('wx1/msg-1', NOW)).toEqual({ stored, ownerAlive: false });
      });

      test('when 20 swap the same revision at once, then exactly one wins', async () => {
        await claim();
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, index) => swap(1, { ...RUNNING, fence: index + 2 })),
        );
        const winners = results.filter(({ swapped }) => swapped);
        expect(winners).toHaveLength(1);
        for (const { stored } of results) expect(stored).toEqual(winners[0]?.stored);
      });

      test('when there is no record, or it has run out, then the swap loses to nothing', async () => {
        expect(await swap(1, RUNNING)).toEqual({ swapped: false, stored: undefined });
        await claim({ ttlMs: 1000 });
        expect(await swap(1, RUNNING, { nowMs: NOW + 1000 })).toEqual({ swapped: false, stored: undefined });
      });

      test('when a swap keeps the record longer, then it lives on from that moment', async () => {
        await claim({ ttlMs: 1000 });
        await swap(1, RUNNING, { nowMs: NOW + 900, ttlMs: 1000 });
        expect((await store.read('wx1/msg-1', NOW + 1899))?.stored.rev).toBe(2);
        expect(await store.read('wx1/msg-1', NOW + 1900)).toBeUndefined();
      });
    });

    describe('remembered bodies', () => {
      test('when a body was given, then it is known until its time is over, and the record longer', async () => {
        await claim();
        const xml = '<xml><Content><![CDATA[你好 😀\n]]></Content></xml>';
        await swap(1, { ...RUNNING, state: 'answered' }, { xml });
        expect(await claim({ nowMs: NOW + 59_999 })).toMatchObject({ type: 'known', body: xml });
        expect(await store.read('wx1/msg-1', NOW + 59_999)).toMatchObject({ body: xml });
        const late = await claim({ nowMs: NOW + 60_000 });
        expect(late.type).toBe('known');
        expect(late).not.toHaveProperty('body');
      });

      test('when a later swap names no body, then the body stays', async () => {
        await claim();
        await swap(1, { ...RUNNING, state: 'answered' }, { xml: '<xml/>' });
        await swap(2, { ...RUNNING, state: 'acknowledged' });
        expect(await store.read('wx1/msg-1', NOW)).toMatchObject({ body: '<xml/>' });
      });
    });

    describe('beats', () => {
      test('when an owner beat, then it is alive until that time and dead from then on', async () => {
        await claim();
        await store.heartbeat('p1', NOW + 2000);
        expect(await claim({ nowMs: NOW + 1999 })).toMatchObject({ type: 'known', ownerAlive: true });
        expect(await store.read('wx1/msg-1', NOW + 1999)).toMatchObject({ ownerAlive: true });
        expect(await claim({ nowMs: NOW + 2000 })).toMatchObject({ type: 'known', ownerAlive: false });
        await store.heartbeat('p1', NOW + 4000);
        expect(await store.read('wx1/msg-1', NOW + 3999)).toMatchObject({ ownerAlive: true });
      });

      test('when another owner beats, or nobody owns the record, then its owner is dead', async () => {
        await claim();
        await store.heartbeat('p2', NOW + 2000);
        expect(await store.read('wx1/msg-1', NOW)).toMatchObject({ ownerAlive: false });
        await swap(1, { ...RUNNING, owner: '' });
        expect(await store.read('wx1/msg-1', NOW)).toMatchObject({ ownerAlive: false });
        await swap(2, { ...RUNNING, owner: 'p2' });
        expect(await store.read('wx1/msg-1', NOW)).toMatchObject({ ownerAlive: true });
      });
    });

    describe('facts', () => {
      const change = (expected: string | undefined, next: string | undefined, nowMs = NOW) =>
        store.compareAndSet({ name: 'wx1/token', expected, next, nowMs, ttlMs: 1000 });

      test('when a fact is set, then it is known until its time is over', async () => {
        expect(await store.get('wx1/token', NOW)).toBeUndefined();
        expect(await change(undefined, 'one')).toBe(true);
        expect(await store.get('wx1/token', NOW + 999)).toBe('one');
        expect(await store.get('wx1/token', NOW + 1000)).toBeUndefined();
        expect(await change('one', 'two', NOW + 1000)).toBe(false);
        expect(await change(undefined, 'two', NOW + 1000)).toBe(true);
      });

      test('when the expectation is wrong, then nothing changes', async () => {
        await change(undefined, 'one');
        expect(await change(undefined, 'two')).toBe(false);
        expect(await change('two', 'three')).toBe(false);
        expect(await change('two', undefined)).toBe(false);
        expect(await store.get('wx1/token', NOW)).toBe('one');
        expect(await change('one', undefined)).toBe(true);
        expect(await store.get('wx1/token', NOW)).toBeUndefined();
      });

      test('when 20 expect the same at once, then exactly one has it, whether it was absent or not', async () => {
        for (const expected of [undefined, 'taken by 0']) {
          const names = Array.from(
            { length: 20 },
            (_, index) => `taken by ${expected === undefined ? 0 : index + 1}`,
          );
          const results = await Promise.all(names.map((next) => change(expected, next)));
          expect(results.filter(Boolean)).toHaveLength(1);
        }
      });

      test('when a value is empty or odd, then it is kept as it is and is not absence', async () => {
        for (const value of ['', '0', ' 12 34 ', '{"a":"九\\n"}', '😀']) {
          const factName = `odd ${value}`;
          const fact = { name: factName, nowMs: NOW, ttlMs: 1000 };
          expect(await store.compareAndSet({ ...fact, expected: undefined, next: value })).toBe(true);
          expect(await store.get(factName, NOW)).toBe(value);
          expect(await store.compareAndSet({ ...fact, expected: undefined, next: 'x' })).toBe(false);
          expect(await store.compareAndSet({ ...fact, expected: value, next: 'x' })).toBe(true);
        }
      });
    });

    describe('dead letters', () => {
      const letter = (id: string, atMs: number, more: Partial<DeadLetter> = {}): DeadLetter => ({
        id,
        appId: 'wx1',
        pushId: id,
        user: 'o-user',
        kind: 'message.text',
        handler: 'slow',
        reason: 'refused',
        detail: 'errcode 45015',
        atMs,
        runs: 1,
        push: '<xml><MsgId>9223372036854775807</MsgId></xml>',
        messages: [{ msgtype: 'text', text: { content: '你好' } }],
        ...more,
      });

      test('when letters are stored, then they are listed whole, the newest first, as many as asked for', async () => {
        const letters = [letter('c', NOW), letter('a', NOW + 1), letter('b', NOW + 2)];
        for (const each of letters) await store.putDeadLetter(each);
        expect(await store.deadLetters(10)).toEqual([letters[2], letters[1], letters[0]]);
        expect(await store.deadLetters(2)).toEqual([letters[2], letters[1]]);
        expect(await store.deadLetters(0)).toEqual([]);
        expect(await store.countDeadLetters()).toBe(3);
        await store.deleteDeadLetter('a');
        expect(await store.countDeadLetters()).toBe(2);
      });

      test('when the same id is stored again, then the new letter replaces the old one', async () => {
        await store.putDeadLetter(letter('a', NOW));
        await store.putDeadLetter(letter('b', NOW + 1));
        await store.putDeadLetter(letter('a', NOW + 2, { runs: 2 }));
        expect(await store.deadLetters(10)).toEqual([
          letter('a', NOW + 2, { runs: 2 }),
          letter('b', NOW + 1),
        ]);
      });
    });

    describe('letters one by one', () => {
      const letter = (id: string): DeadLetter => ({
        id,
        appId: 'wx1',
        pushId: id,
        user: 'o-user',
        kind: 'message.text',
        handler: 'slow',
        reason: 'refused',
        detail: 'errcode 45015',
        atMs: NOW,
        runs: 1,
        push: '<xml/>',
        messages: [{ msgtype: 'text', text: { content: '你好' } }],
      });

      test('when a letter is asked for by its id, then it comes whole, or nothing does', async () => {
        await store.putDeadLetter(letter('a'));
        expect(await store.deadLetter('a')).toEqual(letter('a'));
        expect(await store.deadLetter('b')).toBeUndefined();
      });

      test('when a letter is dropped, then it is forgotten for good, and once', async () => {
        await store.putDeadLetter(letter('a'));
        await store.putDeadLetter(letter('b'));
        expect(await store.deleteDeadLetter('a')).toBe(true);
        expect(await store.deleteDeadLetter('a')).toBe(false);
        store = await opened.reopen();
        expect(await store.deadLetters(10)).toEqual([letter('b')]);
        expect(await store.deadLetter('a')).toBeUndefined();
        await store.putDeadLetter(letter('a'));
        expect(await store.deadLetter('a')).toEqual(letter('a'));
      });
    });

    describe('odd texts', () => {
      test('when keys and owners hold any text, then each is its own', async () => {
        const texts = [
          'a:b:c',
          '{wechat}:record:x',
          '🎈',
          '测试',
          "it's 'quoted'",
          '__proto__',
          '10 20 3',
          'line\nbreak',
        ];
        for (const text of texts) {
          expect((await claim({ key: text, owner: text })).type).toBe('claimed');
          await store.heartbeat(text, NOW + 1000);
        }
        for (const text of texts) {
          expect(await store.read(text, NOW)).toEqual({
            stored: { rev: 1, record: { ...RUNNING, owner: text } },
            ownerAlive: true,
          });
        }
      });

      test('when a record holds 19-digit ids and texts of any kind, then they come back as they were', async () => {
        await claim();
        const next: PushRecord = {
          ...RUNNING,
          state: 'adopted',
          task: { id: '9223372036854775807', empty: [], nothing: null, text: ']]>\u0000 007 \ud83d\ude00' },
          messages: [{ msgtype: 'text', text: { content: 'a\nb' } }],
          sent: 0,
        };
        await swap(1, next);
        expect((await store.read('wx1/msg-1', NOW))?.stored.record).toEqual(next);
      });
    });

    test('when the store is opened again, then it knows what it knew', async () => {
      await claim({ replayGuard: { key: 'signature', fingerprint: 'one' } });
      await swap(1, { ...RUNNING, state: 'answered' }, { xml: '<xml/>' });
      await store.compareAndSet({ name: 'fact', expected: undefined, next: 'kept', nowMs: NOW, ttlMs: KEEP });
      store = await opened.reopen();
      expect(await claim({ replayGuard: { key: 'signature', fingerprint: 'one' } })).toMatchObject({
        type: 'known',
        stored: { rev: 2, record: { state: 'answered' } },
      });
      expect(
        (await claim({ key: 'wx1/msg-2', replayGuard: { key: 'signature', fingerprint: 'two' } })).type,
      ).toBe('replayed');
      expect(await store.get('fact', NOW)).toBe('kept');
    });
  });
}
