import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { findUnknownVariables } from '../../../src/config/unknown-variables.js';
import { editDistance, suggestName } from '../../../src/config/suggest-name.js';

const inEnglish = (env: Record<string, string>) => {
  const { faults, warnings } = findUnknownVariables(env);
  return { faults: faults.map(({ en }) => en), warnings: warnings.map(({ en }) => en) };
};

describe('given names in the environment', () => {
  test.each([
    ['WECHAT_TOKN', 'WECHAT_TOKEN'],
    ['WECHAT_APPID', 'WECHAT_APP_ID'],
    ['wechat_token', 'WECHAT_TOKEN'],
    ['WECHAT_TOKEN_FIEL', 'WECHAT_TOKEN_FILE'],
  ])('when %s is set, then it is a fault that names the nearest, and not the value', (name, nearest) => {
    const { faults, warnings } = inEnglish({ [name]: 'the-value' });
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`^${name} is not a variable.* Rename it to ${nearest} `)),
    ]);
    expect(faults.join()).not.toContain('the-value');
    expect(warnings).toEqual([]);
  });

  test.each([
    ['REDIS_URI', 'REDIS_URL'],
    ['PROT', 'PORT'],
    ['HSOT', 'HOST'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['HANDLER_DIR', 'HANDLERS_DIR'],
    ['MAX_PUSH_AGE', 'MAX_PUSH_AGE_S'],
  ])('when %s is set, then a warning names %s', (name, nearest) => {
    const { faults, warnings } = inEnglish({ [name]: 'x' });
    expect(faults).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(nearest)]);
  });

  test('when they are what systems set, or ours, or empty, then nothing is said', () => {
    const names = [
      'PATH',
      'POST',
      'SORT',
      'HOME',
      'HOSTNAME',
      'HOSTTYPE',
      'SHELL',
      'PWD',
      'LANG',
      'TERM',
      'USER',
      'SHLVL',
      'LOGNAME',
      'NODE_ENV',
      'NODE_OPTIONS',
      'TMPDIR',
      'XDG_DATA_DIRS',
      'npm_config_cache',
      'PORT',
      'WECHAT_TOKEN',
      'ADMIN_KEY_FILE',
    ];
    const env = { ...Object.fromEntries(names.map((name) => [name, 'x'])), WECHAT_TOKN: '' };
    expect(findUnknownVariables(env)).toEqual({ faults: [], warnings: [] });
  });
});

describe('given two names', () => {
  test.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'ab', 1],
    ['abc', 'xyz', 3],
    ['kitten', 'sitting', 3],
  ])('when %j becomes %j, then %d edits are counted, in either direction', (a, b, distance) => {
    expect([editDistance(a, b), editDistance(b, a)]).toEqual([distance, distance]);
  });

  test('when the count stops at a limit, then up to there it is the same', () => {
    // Few letters, so that near names and swapped neighbours are common.
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(name, name, fc.nat(4), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(editDistance(a, b), limit + 1));
      }),
      { numRuns: 2000 },
    );
  });

  test('when nothing is near enough, then there is no nearest name', () => {
    expect(suggestName('zzz', ['send', 'serve'], 2)).toBeUndefined();
    expect(suggestName('SNED', ['serve', 'send'], 2)).toBe('send');
  });
});
