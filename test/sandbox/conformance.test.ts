import { describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../src/index.js';
import { systemClock } from '../../src/ports/clock.js';
import { applies } from '../../src/sandbox/conformance/rule.js';
import { rules } from '../../src/sandbox/conformance/rules.js';
import { conforms, runRules, type Report } from '../../src/sandbox/conformance/run-rules.js';
import type { Target } from '../../src/sandbox/conformance/target.js';
import { defects } from '../support/mutant-servers.js';
import { FIXTURE_ACCOUNT } from '../support/seal.js';
import { openServer, article } from '../support/reference-server.js';
import { createTestApp } from '../support/test-app.js';
import { cipherModes, type CipherMode } from '../support/wire-push.js';

const targetAt = (url: URL, mode: CipherMode): Target => ({
  ...FIXTURE_ACCOUNT,
  url,
  mode,
  account: 'gh_b52b1f8c3a7d',
  echoPrefix: '',
  timeoutMs: 1_000,
  budgetMs: 15_000,
});

/** The rules that do not hold, with what was seen. */
const brokenRules = ({ judged }: Report) =>
  judged.flatMap(({ rule, finding }) => (finding.type === 'broken' ? [{ rule: rule.id, ...finding }] : []));

const notJudgedRules = ({ judged }: Report) =>
  judged.flatMap(({ rule, finding }) => (finding.type === 'not-judged' ? [rule.id] : []));

/** What nobody can tell of servers that hand nothing over to staff. */
const UNSEEN_REPLIES = ['transfer-only-messages'];

describe.each(cipherModes)('given a server in %s mode', (mode) => {
  test('when it is our own, then every rule holds', async () => {
    const app = await createTestApp({
      clock: systemClock,
      settings: { WECHAT_CIPHER_MODE: mode },
      handlers: {
        echo: defineHandler({
          on: 'message.text',
          handle: ({ push, reply }) => (push.content === '' ? undefined : reply.text(push.content)),
        }),
        click: defineHandler({
          on: 'event.click',
          handle: ({ push, reply }) => reply.news([article(push.key)]),
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

  test('when it is the sound door from which the defective ones are made, then every rule holds', async () => {
    const door = await openServer(mode);
    const report = await runRules(rules, targetAt(door.url, mode));
    await door.close();
    expect(brokenRules(report)).toEqual([]);
    expect(notJudgedRules(report)).toEqual(UNSEEN_REPLIES);
  });

  test('when it answers nothing but success, then no rule is broken, and what only replies show is not judged', async () => {
    const door = await openServer(mode, { handle: () => undefined });
    const report = await runRules(rules, targetAt(door.url, mode));
    await door.close();
    expect(brokenRules(report)).toEqual([]);
    expect(notJudgedRules(report)).toEqual(
      expect.arrayContaining(['reply-well-formed', 'text-blanks-as-typed']),
    );
    expect(conforms(report)).toBe(true);
  });
});

describe('given a door with a defect', () => {
  test.each(defects)(
    'when it $defect, then $rules find it',
    async ({ rules: ids, mode = 'plaintext', steps }) => {
      const door = await openServer(mode, steps());
      const chosen = rules.filter(({ id }) => ids.includes(id));
      const report = await runRules(chosen, targetAt(door.url, mode));
      await door.close();
      expect(brokenRules(report).map(({ rule }) => rule)).toEqual(chosen.map(({ id }) => id));
      expect(conforms(report)).toBe(!chosen.some(({ level }) => level === 'must'));
    },
    3_000,
  );

  test('when all defects are counted, then each rule has one that only it or few others can find', () => {
    const found = new Set(defects.flatMap(({ rules: ids }) => ids));
    expect(rules.map(({ id }) => id).filter((id) => !found.has(id))).toEqual([]);
    for (const { rules: ids, mode = 'plaintext' } of defects) {
      expect(rules.filter((rule) => ids.includes(rule.id) && applies(rule, mode))).toHaveLength(ids.length);
    }
  });
});
