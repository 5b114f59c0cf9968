import { describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../src/index.js';
import { systemClock } from '../../src/ports/clock.js';
import { applies } from '../../src/sandbox/conformance/rule.js';
import { rules } from '../../src/sandbox/conformance/rules.js';
import { conforms } from '../../src/sandbox/conformance/report.js';
import { runRules } from '../../src/sandbox/conformance/run-rules.js';
import { harmlessServers } from '../support/conformance/harmless-servers.js';
import { defects } from '../support/conformance/mutant-servers.js';
import { brokenRules, notJudgedRules, targetAt } from '../support/conformance/target-at.js';
import { openServer, article } from '../support/conformance/reference-server.js';
import { createTestApp } from '../support/app/test-app.js';
import { cipherModes, type CipherMode } from '../support/wechat/wire-push.js';

/** In cloud hosting, so that its probe is sent as well. */
const knowing = (url: URL, mode: CipherMode) => ({ ...targetAt(url, mode), cloudHosting: true });

/** A whole run sends some 400 requests. */
const QUICK = { handlingMs: () => 2 };

/** Rules that cannot be judged on a server that never transfers to customer service. */
const UNSEEN_REPLIES = ['transfer-only-messages'];

describe.each(cipherModes)('given a server in %s mode', (mode) => {
  test('when it is our own, then every rule holds', async () => {
    let runs = 0;
    const app = await createTestApp({
      clock: systemClock,
      settings: { WECHAT_CIPHER_MODE: mode },
      handlers: {
        echo: defineHandler({
          on: 'message.text',
          handle: ({ push, reply }) =>
            push.content === '' ? undefined : reply.text(`${push.content} ${(runs += 1)}`),
        }),
        click: defineHandler({
          on: 'event.click',
          handle: ({ push, reply }) => reply.news([article(`${push.key} ${(runs += 1)}`)]),
        }),
      },
    });
    const url = new URL(`http://127.0.0.1:${app.port}/wechat`);
    const report = await runRules(rules, { ...targetAt(url, mode), timeoutMs: 5_000 });
    await app.close();
    expect(brokenRules(report)).toEqual([]);
    expect(notJudgedRules(report)).toEqual(UNSEEN_REPLIES);
    expect(conforms(report)).toBe(true);
  });

  test('when it is the reference server from which the mutants are made, then every rule holds', async () => {
    const door = await openServer(mode, QUICK);
    const report = await runRules(rules, knowing(door.url, mode));
    await door.close();
    expect(brokenRules(report)).toEqual([]);
    expect(notJudgedRules(report)).toEqual(UNSEEN_REPLIES);
  });

  test('when it answers nothing but success, then no rule is broken, and what only replies show is not judged', async () => {
    const door = await openServer(mode, { ...QUICK, handle: () => undefined });
    const report = await runRules(rules, knowing(door.url, mode));
    await door.close();
    expect(brokenRules(report)).toEqual([]);
    expect(notJudgedRules(report)).toEqual(
      expect.arrayContaining(['reply-well-formed', 'text-blanks-as-typed']),
    );
    expect(conforms(report)).toBe(true);
  });
});

describe('given a server that does something in its own way', () => {
  test.each(harmlessServers)(
    'when it $does, then it breaks no more than $breaks',
    async ({ breaks, mode = 'plaintext', steps }) => {
      const door = await openServer(mode, { ...QUICK, ...steps() });
      const report = await runRules(rules, knowing(door.url, mode));
      await door.close();
      expect(brokenRules(report).map(({ rule }) => rule)).toEqual(breaks);
      expect(report.stop).toBeUndefined();
    },
    15_000,
  );
});

describe('given a door with a defect', () => {
  test.each(defects)(
    'when it $defect, then $rules find it',
    async ({ rules: ids, mode = 'plaintext', steps }) => {
      const door = await openServer(mode, { ...QUICK, ...steps() });
      const chosen = rules.filter(({ id }) => ids.includes(id));
      const report = await runRules(chosen, knowing(door.url, mode));
      await door.close();
      expect(brokenRules(report).map(({ rule }) => rule)).toEqual(chosen.map(({ id }) => id));
      expect(conforms(report)).toBe(
        report.stop === undefined && !chosen.some(({ level }) => level === 'must'),
      );
    },
    15_000,
  );

  test('when all defects are counted, then each rule has one that only it or few others can find', () => {
    const found = new Set(defects.flatMap(({ rules: ids }) => ids));
    expect(rules.map(({ id }) => id).filter((id) => !found.has(id))).toEqual([]);
    for (const { rules: ids, mode = 'plaintext' } of defects) {
      expect(
        rules.filter((rule) => ids.includes(rule.id) && applies(rule, { mode, cloudHosting: true })),
      ).toHaveLength(ids.length);
    }
  });
});
