import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  LANE_ENTRY_TTL_MS,
  MAX_MAILBOX_READ,
  type ClaimRequest,
  type Place,
  type PushRecord,
  type StateStore,
  type StoredRecord,
  type SwapRequest,
  type SwapResult,
} from '../../src/ports/state-store.js';
import type { OpenStore } from './state-store.contract.js';

const NOW = Date.UTC(2026, 0, 1);
const KEEP = 86_400_000;
const RUNNING: PushRecord = { state: 'running', owner: 'p1', fence: 1, attempt: 1 };
const STASHED: PushRecord = {
  ...RUNNING,
  state: 'stashed',
  owner: '',
  messages: [{ msgtype: 'text', text: { content: '你好' } }],
};
const DELIVERED: PushRecord = { ...RUNNING, state: 'delivered', owner: '' };
const ADOPTED: PushRecord = { ...RUNNING, state: 'adopted', owner: '' };
const ANN = 'wx1:user:ann';

/** Tests the contract of every state store for lanes, mailboxes and combined changes. */
export function lanesContract(open: () => Promise<OpenStore>): void {
  let opened: OpenStore;
  let store: StateStore;
  beforeEach(async () => {
    opened = await open();
    ({ store } = opened);
  });
  afterEach(() => opened.close());

  const claim = (key: string, more: Partial<ClaimRequest> = {}) =>
    store.claim({ key, owner: 'p1', nowMs: NOW, ttlMs: KEEP, sender: ANN, ...more });
  const claimAll = async (...keys: string[]) => {
    for (const key of keys) expect((await claim(key)).type).toBe('claimed');
  };
  const swap = (
    key: string,
    rev: number,
    next: PushRecord,
    place?: Place,
    more: Partial<SwapRequest> = {},
  ): Promise<SwapResult> =>
    store.swap({
      key,
      rev,
      next,
      nowMs: NOW,
      ttlMs: KEEP,
      durable: true,
      ...(place !== undefined && { sender: { key: ANN, place } }),
      ...more,
    });
  const ahead = async (key: string, nowMs = NOW, sender = ANN) =>
    (await store.predecessor(sender, key, nowMs))?.key;
  /** The lane from this record to its head. */
  const laneFrom = async (key: string): Promise<string[]> => {
    const keys = [key];
    for (let at = await ahead(key); at !== undefined; at = await ahead(at)) keys.unshift(at);
    return keys;
  };
  /** Its keys and records, as a claim hands them out. */
  const shelfAt = async (nowMs = NOW, sender = ANN) => {
    const result = await store.claim({
      key: 'who asks',
      owner: 'p1',
      nowMs,
      ttlMs: KEEP,
      sender,
      readMailbox: true,
    });
    if (result.type === 'replayed') throw new Error('a claim without a guard was a replay');
    return result.mailbox;
  };
  const shelvedKeys = async (nowMs = NOW) => (await shelfAt(nowMs))?.map(({ key }) => key);
  const stash = async (key: string, rev = 1) =>
    expect((await swap(key, rev, STASHED, 'mailbox')).swapped).toBe(true);

  describe('lanes', () => {
    test('when 50 pushes of a sender are claimed in the same millisecond, then they stand in that order', async () => {
      const keys = Array.from({ length: 50 }, (_, index) => `wx1:push:${(index * 7) % 50}`);
      await Promise.all(keys.map((key) => claim(key)));
      expect(await laneFrom(keys.at(-1)!)).toEqual(keys);
      const inFront = await store.predecessor(ANN, keys[1]!, NOW);
      expect(inFront).toEqual({ key: keys[0], sinceMs: NOW });
      expect((await store.predecessor(ANN, keys[49]!, NOW))?.sinceMs).toBeLessThan(NOW + 50);
    });

    test("when the claimants' clocks differ, then the order is that of the claims", async () => {
      await claim('a', { nowMs: NOW + 500 });
      await claim('b', { nowMs: NOW });
      await claim('c', { nowMs: NOW + 10_000 });
      expect(await laneFrom('c')).toEqual(['a', 'b', 'c']);
      expect(await store.predecessor(ANN, 'b', NOW)).toEqual({ key: 'a', sinceMs: NOW + 500 });
    });

    test('when a record changes hands, is claimed again or is swapped without a word, then it keeps its rank', async () => {
      await claimAll('a', 'b', 'c');
      await swap('a', 1, { ...RUNNING, owner: 'p2', fence: 2 }, 'lane', { nowMs: NOW + 5 });
      await claim('a', { nowMs: NOW + 6, owner: 'p3' });
      await swap('b', 1, ADOPTED, undefined, { nowMs: NOW + 7 });
      await swap('a', 2, { ...ADOPTED, fence: 3 }, 'lane', { nowMs: NOW + 8 });
      expect(await laneFrom('c')).toEqual(['a', 'b', 'c']);
    });

    test('when a record has no sender, or another one, then it stands in nobody else’s lane', async () => {
      await claimAll('a');
      await store.claim({ key: 'b', owner: 'p1', nowMs: NOW, ttlMs: KEEP });
      await claim('c', { sender: 'wx2:user:ann' });
      await claimAll('d');
      expect(await laneFrom('d')).toEqual(['a', 'd']);
      expect(await ahead('b')).toBeUndefined();
      expect(await ahead('c')).toBeUndefined();
      expect(await ahead('c', NOW, 'wx2:user:ann')).toBeUndefined();
      expect(await ahead('never claimed')).toBeUndefined();
    });

    test('when a record leaves the lane, then whoever stood right behind it is named, and the gap closes', async () => {
      await claimAll('a', 'b', 'c', 'd');
      const answered: PushRecord = { ...RUNNING, state: 'answered' };
      expect(await swap('b', 1, answered, 'none')).toEqual({
        swapped: true,
        stored: { rev: 2, record: answered },
        next: 'c',
      });
      expect(await laneFrom('d')).toEqual(['a', 'c', 'd']);
      expect(await swap('d', 1, DELIVERED, 'none')).not.toHaveProperty('next');
      expect(await swap('a', 1, STASHED, 'mailbox')).toMatchObject({ swapped: true, next: 'c' });
      expect(await laneFrom('c')).toEqual(['c']);
    });

    test('when a record stays in the lane, or had left it before, then nobody is named', async () => {
      await claimAll('a', 'b');
      expect(await swap('a', 1, ADOPTED, 'lane')).not.toHaveProperty('next');
      expect(await swap('a', 2, ADOPTED)).not.toHaveProperty('next');
      expect(await swap('a', 3, DELIVERED, 'none')).toHaveProperty('next', 'b');
      expect(await swap('a', 4, DELIVERED, 'none')).not.toHaveProperty('next');
    });

    test('when a record has run out, then it holds nobody up, and anew it stands at the end', async () => {
      await claim('a');
      await claim('b', { ttlMs: 1000 });
      await claim('c');
      expect(await ahead('c', NOW + 999)).toBe('b');
      expect(await swap('a', 1, DELIVERED, 'none', { nowMs: NOW + 1000 })).toHaveProperty('next', 'c');
      expect(await ahead('c', NOW + 1000)).toBeUndefined();
      await claim('b', { nowMs: NOW + 1000 });
      expect(await laneFrom('b')).toEqual(['c', 'b']);
    });

    test('when a swap loses, then nobody moves', async () => {
      await claimAll('a', 'b');
      expect(await swap('a', 2, DELIVERED, 'none')).toMatchObject({ swapped: false });
      expect(await swap('a', 7, DELIVERED, 'none')).not.toHaveProperty('next');
      expect(await laneFrom('b')).toEqual(['a', 'b']);
    });

    test('when a record has stood there for an hour, then the next new push finds it gone', async () => {
      await claim('a');
      await claim('b', { nowMs: NOW + 1 });
      await claim('c', { nowMs: NOW + LANE_ENTRY_TTL_MS });
      expect(await laneFrom('c')).toEqual(['b', 'c']);
      await swap('a', 1, ADOPTED, 'lane', { nowMs: NOW + LANE_ENTRY_TTL_MS });
      expect(await laneFrom('a')).toEqual(['b', 'c', 'a']);
    });

    test('when a record enters with the rank that it had elsewhere, then it stands there', async () => {
      await claim('a', { nowMs: NOW });
      await claim('c', { nowMs: NOW + 10 });
      await store.claim({ key: 'b', owner: 'p1', nowMs: NOW + 20, ttlMs: KEEP });
      const standing = { key: ANN, place: 'lane', sinceMs: NOW + 5 } as const;
      await swap('b', 1, ADOPTED, undefined, { sender: standing });
      await swap('a', 1, ADOPTED, undefined, { sender: { ...standing, sinceMs: NOW + 100 } });
      expect(await laneFrom('c')).toEqual(['a', 'b', 'c']);
      expect(await store.predecessor(ANN, 'c', NOW)).toEqual({ key: 'b', sinceMs: NOW + 5 });
    });
  });

  describe('mailboxes', () => {
    test('when answers are kept, then a claim hands them out in the order of their pushes, whole', async () => {
      await claimAll('a', 'b', 'c');
      for (const key of ['c', 'a', 'b']) await stash(key);
      const stored: StoredRecord = { rev: 2, record: STASHED };
      const mailbox = ['a', 'b', 'c'].map((key) => ({ key, stored }));
      expect(await claim('d', { readMailbox: true })).toEqual({
        type: 'claimed',
        stored: { rev: 1, record: RUNNING },
        mailbox,
      });
      expect(await claim('d', { readMailbox: true })).toEqual({
        type: 'known',
        stored: { rev: 1, record: RUNNING },
        ownerAlive: false,
        mailbox,
      });
    });

    test('when nobody asks, nothing is kept, or for another sender only, then there is no mailbox', async () => {
      expect(await claim('a', { readMailbox: true })).not.toHaveProperty('mailbox');
      await stash('a');
      expect(await claim('b')).not.toHaveProperty('mailbox');
      expect(await shelfAt(NOW, 'wx2:user:ann')).toBeUndefined();
    });

    test('when more are kept than are looked at, then the oldest are handed out', async () => {
      const keys = Array.from({ length: MAX_MAILBOX_READ + 4 }, (_, index) => `push ${(index * 3) % 20}`);
      await claimAll(...keys);
      await Promise.all(keys.map((key) => stash(key)));
      expect(await shelvedKeys()).toEqual(keys.slice(0, MAX_MAILBOX_READ));
    });

    test('when a kept record leaves or has run out, then it is handed out no more', async () => {
      const keys = Array.from({ length: MAX_MAILBOX_READ + 4 }, (_, index) => `push ${index}`);
      await claimAll(...keys);
      await Promise.all(
        keys.map((key, index) => swap(key, 1, STASHED, 'mailbox', { ttlMs: index === 2 ? 1000 : KEEP })),
      );
      expect(await swap(keys[0]!, 2, DELIVERED, 'none')).not.toHaveProperty('next');
      await swap(keys[1]!, 2, DELIVERED, 'none');
      expect(await shelvedKeys(NOW + 999)).toEqual(keys.slice(2, 2 + MAX_MAILBOX_READ));
      expect(await shelvedKeys(NOW + 1000)).toEqual(keys.slice(3, 3 + MAX_MAILBOX_READ));
      await claim(keys[2]!, { nowMs: NOW + 1000 });
      expect(await shelvedKeys(NOW + 1000)).toEqual(keys.slice(3, 3 + MAX_MAILBOX_READ));
    });

    test('when pushes are claimed and kept one after the other in the same millisecond, then in that order', async () => {
      const keys = ['z', 'y', 'x'];
      for (const key of keys) {
        await claimAll(key);
        await stash(key);
      }
      expect(await shelvedKeys()).toEqual(keys);
    });

    test('when a kept record goes back to the lane, then it stands where it stood', async () => {
      await claimAll('a', 'b', 'c');
      await stash('b');
      expect(await laneFrom('c')).toEqual(['a', 'c']);
      await swap('b', 2, ADOPTED, 'lane');
      expect(await laneFrom('c')).toEqual(['a', 'b', 'c']);
      expect(await shelfAt()).toBeUndefined();
    });
  });

  describe('changes that go together', () => {
    const also = (...keys: string[]) =>
      keys.map((key) => ({
        key,
        rev: 2,
        next: DELIVERED,
        ttlMs: KEEP,
        sender: { key: ANN, place: 'none' as const },
      }));
    const answered: PushRecord = { ...RUNNING, state: 'answered' };
    beforeEach(async () => {
      await claimAll('a', 'b', 'c');
      await stash('a');
      await stash('b');
    });
    const records = () =>
      Promise.all(['a', 'b', 'c'].map(async (key) => (await store.read(key, NOW))?.stored));
    const before = [
      { rev: 2, record: STASHED },
      { rev: 2, record: STASHED },
      { rev: 1, record: RUNNING },
    ];

    test('when all can, then all do', async () => {
      const body = { xml: '<xml>merged</xml>', ttlMs: 60_000 };
      expect(await swap('c', 1, answered, 'none', { body, linked: also('a', 'b') })).toEqual({
        swapped: true,
        stored: { rev: 2, record: answered },
      });
      expect(await records()).toEqual([
        { rev: 3, record: DELIVERED },
        { rev: 3, record: DELIVERED },
        { rev: 2, record: answered },
      ]);
      expect(await store.read('c', NOW)).toMatchObject({ body: body.xml });
      expect(await shelfAt()).toBeUndefined();
    });

    test('when the record itself cannot, then none does', async () => {
      expect(await swap('c', 2, answered, 'none', { linked: also('a', 'b') })).toEqual({
        swapped: false,
        stored: before[2],
      });
      expect(await records()).toEqual(before);
      expect(await shelvedKeys()).toEqual(['a', 'b']);
    });

    test('when one that goes along has changed, then none does, and it is said which kind was in the way', async () => {
      await swap('b', 2, STASHED);
      const [, changed] = await records();
      const body = { xml: '<xml/>', ttlMs: 60_000 };
      expect(await swap('c', 1, answered, 'none', { body, linked: also('a', 'b') })).toEqual({
        swapped: false,
        stored: before[2],
        linkedConflict: true,
      });
      expect(await records()).toEqual([before[0], changed, before[2]]);
      expect(await store.read('c', NOW)).not.toHaveProperty('body');
      await claimAll('d');
      expect(await laneFrom('d')).toEqual(['c', 'd']);
    });

    test('when 20 want to take the same ones along at once, then exactly one does', async () => {
      const keys = Array.from({ length: 20 }, (_, index) => `push ${index}`);
      await claimAll(...keys);
      const results = await Promise.all(
        keys.map((key) => swap(key, 1, answered, 'none', { linked: also('a', 'b') })),
      );
      expect(results.filter(({ swapped }) => swapped)).toHaveLength(1);
      for (const result of results) if (!result.swapped) expect(result.linkedConflict).toBe(true);
    });

    test('when one that goes along leaves the lane, then the one behind both is named', async () => {
      await claimAll('d', 'e');
      const goes = { key: 'd', rev: 1, next: DELIVERED, ttlMs: KEEP };
      const result = await swap('c', 1, answered, 'none', {
        linked: [{ ...goes, sender: { key: ANN, place: 'none' } }],
      });
      expect(result).toMatchObject({ swapped: true, next: 'e' });
    });

    test('when the store is opened again, then all of it is there', async () => {
      await swap('c', 1, answered, 'none', { linked: also('a', 'b') });
      store = await opened.reopen();
      const stored = await Promise.all(
        ['a', 'b', 'c'].map(async (key) => {
          const result = await claim(key);
          return result.type === 'known' ? result.stored : result;
        }),
      );
      expect(stored).toEqual([
        { rev: 3, record: DELIVERED },
        { rev: 3, record: DELIVERED },
        { rev: 2, record: answered },
      ]);
      expect(await shelfAt()).toBeUndefined();
    });
  });

  test('when the store is opened again, then everybody stands where they stood', async () => {
    await claimAll('a', 'b', 'c', 'd', 'e', 'f');
    for (const key of ['d', 'b', 'a']) await swap(key, 1, ADOPTED, 'lane');
    await stash('e');
    await stash('c');
    await swap('f', 1, DELIVERED, 'none');
    // Without a word about the place: it is kept all the same.
    await swap('b', 2, { ...ADOPTED, owner: 'p2', fence: 2 });
    await swap('c', 2, { ...STASHED, fence: 2 });
    store = await opened.reopen();
    expect(await laneFrom('d')).toEqual(['a', 'b', 'd']);
    expect(await shelvedKeys()).toEqual(['c', 'e']);
    expect(await laneFrom('who asks')).toEqual(['a', 'b', 'd', 'who asks']);
    expect(await swap('a', 2, DELIVERED, 'none')).toMatchObject({ next: 'b' });
    expect(
      await swap('b', 3, DELIVERED, 'none', {
        linked: [{ key: 'c', rev: 3, next: DELIVERED, ttlMs: KEEP, sender: { key: ANN, place: 'none' } }],
      }),
    ).toMatchObject({ swapped: true, next: 'd' });
    expect(await shelvedKeys()).toEqual(['e']);
  });
}
