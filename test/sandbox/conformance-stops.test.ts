import { describe, expect, test } from '@jest/globals';
import { conforms } from '../../src/sandbox/conformance/report.js';
import { rules } from '../../src/sandbox/conformance/rules.js';
import { runRules } from '../../src/sandbox/conformance/run-rules.js';
import type { Target } from '../../src/sandbox/conformance/target.js';
import { brokenRules, notJudgedRules, targetAt } from '../support/conformance/target-at.js';
import {
  DIES,
  DIES_SLOWLY,
  HANGS,
  HANGS_UP,
  openServer,
  says,
  type Steps,
} from '../support/conformance/reference-server.js';
import type { CipherMode } from '../support/wechat/wire-push.js';

/** No answer here is judged by its time, so that a busy machine changes nothing. */
const patient: Partial<Target> = { timeoutMs: 10_000, budgetMs: 60_000 };
const LIMIT_MS = 60_000;

const quick: Partial<Steps> = { handlingMs: () => 1 };

async function runAgainst(
  steps: Partial<Steps>,
  { mode = 'plaintext', ...given }: Partial<Target> & { readonly mode?: CipherMode } = {},
  only: (id: string) => boolean = () => true,
) {
  const server = await openServer(mode, { ...quick, ...steps });
  const chosen = rules.filter(({ id }) => only(id));
  const report = await runRules(chosen, { ...targetAt(server.url, mode), ...patient, ...given });
  await server.close();
  return { report, broken: brokenRules(report), notJudged: notJudgedRules(report) };
}

describe('given a server that dies of a request', () => {
  test(
    'when it dies of a hostile body, then that one is named, no other rule is blamed, and the rest is not judged',
    async () => {
      const { report, broken, notJudged } = await runAgainst({
        glance: ({ body }) => (body === 'hello' ? DIES : undefined),
      });
      expect(broken).toEqual([
        {
          rule: 'broken-xml-survived',
          type: 'broken',
          sent: 'a body that is no XML',
          came: expect.objectContaining({ en: expect.stringMatching(/^the connection broke/) }),
          because: expect.objectContaining({ en: 'the server died of it' }),
        },
      ]);
      expect(report.stop).toEqual({
        type: 'died',
        because: expect.objectContaining({
          en: expect.stringMatching(/ECONNREFUSED.* since it was sent a body that is no XML\./),
        }),
      });
      // Hostile rules that must hold come first, so that only lesser ones are left.
      expect(notJudged).toEqual([
        'doctype-not-expanded',
        'broken-xml-refused',
        'transfer-only-messages',
        'large-body-refused',
      ]);
      expect(conforms(report)).toBe(false);
    },
    LIMIT_MS,
  );

  test(
    'when it dies of one kind of push, then that kind is named',
    async () => {
      const { report, broken } = await runAgainst({
        glance: ({ body }) => (body.includes('[user_get_card]') ? DIES : undefined),
      });
      expect(broken).toEqual([
        expect.objectContaining({
          rule: 'known-kinds',
          sent: expect.stringContaining('event.user_get_card'),
        }),
      ]);
      expect(report.stop?.because.en).toContain('event.user_get_card');
    },
    LIMIT_MS,
  );

  test(
    'when it dies while several rules are judged at once, then its request is among those named, and no rule is blamed',
    async () => {
      const { report, broken } = await runAgainst({
        glance: ({ body }) => (body.includes('𠮷野家') ? DIES : undefined),
      });
      expect(broken).toEqual([]);
      expect(report.stop?.because.en).toContain('the text "𠮷野家"');
      expect(conforms(report)).toBe(false);
    },
    LIMIT_MS,
  );

  test(
    'when others find nobody before its connection breaks, then its request is named all the same',
    async () => {
      const { report } = await runAgainst({
        glance: ({ body }) => (body.includes('𠮷野家') ? DIES_SLOWLY : undefined),
      });
      expect(report.stop?.because.en).toContain('the text "𠮷野家"');
    },
    LIMIT_MS,
  );

  test(
    'when somebody starts it anew, then the run goes on, and only the rule is blamed whose request felled it',
    async () => {
      let revive = (): void => undefined;
      const server = await openServer('plaintext', {
        ...quick,
        glance({ body }) {
          if (!body.includes('<a><a><a>')) return undefined;
          setImmediate(() => revive());
          return DIES;
        },
      });
      revive = () => void server.revive();
      const report = await runRules(rules, {
        ...targetAt(server.url, 'plaintext'),
        ...patient,
        returnsWithinMs: 30_000,
      });
      await server.close();
      expect(report.stop).toBeUndefined();
      expect(brokenRules(report).filter(({ rule }) => rule !== 'deep-nesting-survived')).toEqual([]);
      expect(report.judged.find(({ rule }) => rule.id === 'deep-nesting-survived')?.finding.type).not.toBe(
        'holds',
      );
    },
    LIMIT_MS,
  );
});

describe('given a server that closes the connection of strangers', () => {
  test('when forged requests are judged, then nobody can tell a refusal from a crash', async () => {
    const { report, broken } = await runAgainst({ refuse: () => HANGS_UP }, {}, (id) =>
      /^(?:push|handshake)-wrong-signature$/.test(id),
    );
    expect(broken).toEqual([]);
    expect(report.judged.map(({ finding }) => finding)).toEqual([
      {
        type: 'not-judged',
        because: expect.objectContaining({ en: expect.stringContaining('the connection broke') }),
      },
      {
        type: 'not-judged',
        because: expect.objectContaining({ en: expect.stringContaining('the connection broke') }),
      },
    ]);
  });
});

describe('given options that are not those of the server', () => {
  test.each([
    ['a wrong token', 'plaintext', { token: 'wrong' }, /handshake is refused as well: compare the token/],
    ['a wrong token, in safe mode', 'safe', { token: 'wrong' }, /compare the token/],
    ['a wrong AppID', 'safe', { appId: 'wx0000000000000000' }, /the token is right: compare the mode/],
    [
      'another key',
      'safe',
      { encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' },
      /the token is right: compare the mode, the EncodingAESKey/,
    ],
  ] as const)('when they hold %s, then the run stops and says so', async (_, mode, given, because) => {
    const { report, broken, notJudged } = await runAgainst({}, { mode, ...given });
    expect(report.stop).toEqual({
      type: 'refused',
      because: expect.objectContaining({ en: expect.stringMatching(because) }),
    });
    expect(broken.map(({ rule }) => rule)).toEqual(['push-accepted']);
    expect(notJudged).toHaveLength(report.judged.length - 1);
    expect(conforms(report)).toBe(false);
  });

  test.each([
    ['words', says('invalid signature')],
    ['success', says('success')],
  ])('when the server refuses with %s and status 200, then the run stops all the same', async (_, said) => {
    const { report, broken } = await runAgainst({ refuse: () => said }, { token: 'wrong' });
    expect(report.stop?.type).toBe('refused');
    expect(broken.map(({ rule }) => rule)).toEqual(['push-accepted']);
  });

  test('when only the mode of the server is another, then the run stops', async () => {
    const server = await openServer('safe', quick);
    const report = await runRules(rules, { ...targetAt(server.url, 'plaintext'), ...patient });
    await server.close();
    expect(report.stop?.because.en).toMatch(/An honest text is refused \(status 403.*compare the mode/);
  });
});

describe('given a server that holds the first two attempts on purpose', () => {
  test(
    'when its answers come with the third, then it is judged by these',
    async () => {
      const attempts = new Map<string, number>();
      const { report, broken } = await runAgainst(
        {
          // Only pushes with a text are held: what is not answered at all is acknowledged at once.
          consider({ Content: content, MsgId: id }) {
            if (typeof content !== 'string' || content.trim() === '') return undefined;
            const key = `${JSON.stringify(id)} ${content}`;
            attempts.set(key, (attempts.get(key) ?? 0) + 1);
            return (attempts.get(key) ?? 0) < 3 ? HANGS : undefined;
          },
        },
        // Each exchange lasts two of these; an answer comes after a millisecond.
        { timeoutMs: 1_000, budgetMs: 60_000 },
        (id) =>
          /^(?:push-accepted|push-openid-optional|content-type-ignored|reply-addresses-swapped|retry-byte-for-byte)$/.test(
            id,
          ),
      );
      expect(broken).toEqual([]);
      expect(report.stop).toBeUndefined();
    },
    LIMIT_MS,
  );
});
