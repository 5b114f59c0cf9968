import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ClaimRequest, StateStore, QuotaChange, QuotaGrant } from '../../src/ports/state-store.js';
import {
  closeWindow,
  EMPTY_LEDGER,
  openWindow,
  refundOne,
  spendOne,
  viewOf,
  type SendLedger,
} from '../../src/protocol/send-ledger.js';
import type { OpenStore } from './state-store.contract.js';

const NOW = Date.UTC(2026, 0, 1);
const KEEP = 600_000;
const ANN = 'wx1:user:ann';
const HOUR = 3_600_000;

/** Tests the contract of every state store for send quotas and counters. */
export function windowsContract(open: () => Promise<OpenStore>): void {
  let ground: OpenStore;
  let store: StateStore;
  beforeEach(async () => {
    ground = await open();
    ({ store } = ground);
  });
  afterEach(() => ground.close());

  const claim = (key: string, more: Partial<ClaimRequest> = {}) =>
    store.claim({ key, owner: 'p1', nowMs: NOW, ttlMs: KEEP, sender: ANN, ...more });
  const window = (more: Partial<QuotaChange> = {}) => store.sendQuota({ sender: ANN, nowMs: NOW, ...more });
  const opening = (trigger: string, messages: number, fromMs = NOW, untilMs = fromMs + HOUR): QuotaGrant => ({
    trigger,
    messages,
    fromMs,
    untilMs,
  });

  describe('send windows', () => {
    test('when nothing was opened, then nothing may be sent, and nothing is spent', async () => {
      expect(await window()).toMatchObject({ left: 0, untilMs: 0 });
      expect(await window({ change: 'spend' })).toEqual({ left: 0, untilMs: 0, changed: false });
    });

    test('when a new push opens a window, then so many messages may be sent, and no more', async () => {
      await claim('a', { grantsQuota: opening('message', 2) });
      const untilMs = NOW + HOUR;
      expect(await window()).toMatchObject({ left: 2, untilMs });
      expect(await window({ change: 'spend' })).toEqual({ left: 1, untilMs, changed: true });
      expect(await window({ change: 'spend' })).toEqual({ left: 0, untilMs: 0, changed: true });
      expect(await window({ change: 'spend' })).toEqual({ left: 0, untilMs: 0, changed: false });
      expect(await window({ change: 'refund' })).toEqual({ left: 1, untilMs, changed: true });
    });

    test('when 30 spend at once, then exactly as many as there are left', async () => {
      await claim('a', { grantsQuota: opening('message', 5) });
      const results = await Promise.all(Array.from({ length: 30 }, () => window({ change: 'spend' })));
      expect(results.filter(({ changed }) => changed)).toHaveLength(5);
    });

    test('when a push is known already, then it opens and closes nothing', async () => {
      await claim('a', { grantsQuota: opening('message', 5) });
      await window({ change: 'spend' });
      await claim('a', { grantsQuota: opening('message', 5, NOW + 10), nowMs: NOW + 10 });
      await claim('a', { revokesQuota: true, nowMs: NOW + 10 });
      expect(await window()).toMatchObject({ left: 4 });
    });

    test('when the sender leaves, then nothing may be sent until a later push', async () => {
      await claim('a', { grantsQuota: opening('message', 5) });
      await claim('b', { revokesQuota: true, nowMs: NOW + 5 });
      expect(await window({ nowMs: NOW + 6, granted: opening('message', 5) })).toMatchObject({ left: 0 });
      await claim('c', { grantsQuota: opening('follow', 3, NOW + 6), nowMs: NOW + 6 });
      expect(await window({ nowMs: NOW + 6 })).toMatchObject({ left: 3 });
    });

    test('when the store does not know the grant yet, then it counts once', async () => {
      const granted = opening('message', 3);
      expect(await window({ change: 'spend', granted })).toMatchObject({ left: 2, changed: true });
      expect(await window({ change: 'spend', granted })).toMatchObject({ left: 1, changed: true });
    });

    test("when a window is one sender's, then it is no other's", async () => {
      await claim('a', { grantsQuota: opening('message', 5) });
      expect(await window({ sender: 'wx2:user:ann' })).toMatchObject({ left: 0 });
    });

    const deeds = fc.constantFrom('message', 'menu', 'a trigger: of our own|2', '__proto__');
    const moments = fc.integer({ min: -100, max: 100 }).map((at) => NOW + at);
    const openings = fc
      .record({
        trigger: deeds,
        messages: fc.integer({ min: 0, max: 5 }),
        fromMs: moments,
        lasts: fc.nat(80),
      })
      .map(({ lasts, ...rest }) => ({ ...rest, untilMs: rest.fromMs + lasts }));
    const steps = fc.array(
      fc.oneof(
        fc.record({
          nowMs: moments,
          change: fc.constantFrom(
            'spend' as const,
            'spend' as const,
            'refund' as const,
            'close' as const,
            undefined,
          ),
          granted: fc.option(openings, { nil: undefined }),
        }),
        fc.record({ nowMs: moments, grantsQuota: openings }),
        fc.record({ nowMs: moments, revokesQuota: fc.constant(true as const) }),
      ),
      { maxLength: 25 },
    );

    test('when anything happens in any order, then the store keeps the ledger of the rules', async () => {
      let senders = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          const sender = `sender ${(senders += 1)}`;
          let ledger: SendLedger = EMPTY_LEDGER;
          for (const [index, step] of sequence.entries()) {
            const { nowMs } = step;
            if ('grantsQuota' in step || 'revokesQuota' in step) {
              await claim(`${sender} ${index}`, { sender, ...step });
              ledger = 'grantsQuota' in step ? openWindow(ledger, step.grantsQuota) : closeWindow(nowMs);
              continue;
            }
            const { change, granted } = step;
            if (granted !== undefined) ledger = openWindow(ledger, granted);
            const changes = {
              spend: () => spendOne(ledger, nowMs),
              refund: () => refundOne(ledger, nowMs),
              close: () => closeWindow(nowMs),
            };
            const next = change && changes[change]();
            ledger = next ?? ledger;
            const seen = await store.sendQuota({
              sender,
              nowMs,
              ...(change && { change }),
              ...(granted && { granted }),
            });
            expect(seen).toEqual({ ...viewOf(ledger, nowMs), changed: next !== undefined });
          }
        }),
        { numRuns: 40 },
      );
    });

    test('when the store is opened again, then what was spent and closed is so still', async () => {
      const grantsQuota = opening('message', 5);
      await claim('a', { grantsQuota });
      await window({ change: 'spend' });
      await window({ change: 'spend' });
      await window({ change: 'refund' });
      await claim('b', { sender: 'wx1:user:bob', grantsQuota });
      await window({ sender: 'wx1:user:bob', nowMs: NOW + 1, change: 'close' });
      store = await ground.reopen();
      expect(await window({ granted: grantsQuota })).toMatchObject({ left: 4, untilMs: grantsQuota.untilMs });
      expect(await window({ sender: 'wx1:user:bob', nowMs: NOW + 1, granted: grantsQuota })).toMatchObject({
        left: 0,
      });
    });
  });

  describe('counts', () => {
    const admit = (nowMs: number, name = 'held tries') =>
      store.tryAcquireRate({ name, limit: 3, perMs: 1000, nowMs });

    test('when so many were counted of late, then no more are until the oldest is too old', async () => {
      expect([await admit(NOW), await admit(NOW + 400), await admit(NOW + 400)]).toEqual([true, true, true]);
      expect([await admit(NOW + 400), await admit(NOW + 999)]).toEqual([false, false]);
      expect([await admit(NOW + 1000), await admit(NOW + 1000)]).toEqual([true, false]);
      expect([await admit(NOW + 1400), await admit(NOW + 1400), await admit(NOW + 1400)]).toEqual([
        true,
        true,
        false,
      ]);
    });

    test('when names differ, or none is allowed, then each counts for itself', async () => {
      for (const name of ['a', 'b', '__proto__']) {
        const all = await Promise.all(Array.from({ length: 9 }, () => admit(NOW, name)));
        expect(all.filter(Boolean)).toHaveLength(3);
      }
      expect(await store.tryAcquireRate({ name: 'c', limit: 0, perMs: 1000, nowMs: NOW })).toBe(false);
    });

    test('when attempts are counted, then each has its number and the time of the first one', async () => {
      const tries = async (nowMs: number, key = 'a') => {
        const result = await claim(key, { nowMs, countAttempts: true });
        return result.type === 'replayed' ? undefined : result.attempts;
      };
      expect(await tries(NOW)).toEqual({ count: 1, sinceMs: NOW });
      expect(await tries(NOW + 5000)).toEqual({ count: 2, sinceMs: NOW });
      expect(await tries(NOW + 5000, 'b')).toEqual({ count: 1, sinceMs: NOW + 5000 });
      expect(await claim('a')).not.toHaveProperty('tries');
      expect(await tries(NOW + 10_000)).toEqual({ count: 3, sinceMs: NOW });
      expect(await tries(NOW + KEEP)).toEqual({ count: 1, sinceMs: NOW + KEEP });
    });

    test('when attempts are counted without a sender, for a push that was claimed before, then from 1', async () => {
      const { sender: _none, ...bare } = { sender: '', key: 'a', owner: 'p1', nowMs: NOW, ttlMs: KEEP };
      await store.claim(bare);
      const result = await store.claim({ ...bare, nowMs: NOW + 9, countAttempts: true });
      expect(result).toMatchObject({ type: 'known', attempts: { count: 1, sinceMs: NOW + 9 } });
    });
  });
}
