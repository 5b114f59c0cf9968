import { describe, expect, test } from '@jest/globals';
import { checkLimits, type Limit } from '../../../src/api/catalogue/limits.js';
import { ForceBudgetSpent } from '../../../src/api/token-keeper.js';
import { TokenServerRefused, TokenServerUnreachable } from '../../../src/api/token-server.js';
import { readSource } from '../../../src/api/media/media-source.js';
import type { MediaLimit } from '../../../src/api/media/limits.js';
import { toUnlistedCall } from '../../../src/api/unlisted-call.js';
import { AppError } from '../../../src/protocol/app-error.js';
import { inBoth } from '../../../src/protocol/words.js';
import { englishWords } from '../../support/language/english-words.js';

async function failureOf(act: () => unknown): Promise<AppError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const limit: MediaLimit = { maxBytes: 4, formats: ['png'] };
const noDownload = { download: undefined };
const read = (bytes: number[]) => readSource({ bytes: Uint8Array.from(bytes) }, limit, noDownload);
const listed = (field: Limit) => () =>
  checkLimits('/cgi-bin/x', { user_list: field }, { user_list: ['long'] });

describe('given errors of API calls that were never made', () => {
  test.each([
    ['a list too long', listed({ items: [2, 5] })],
    ['no text', listed({ bytes: [1, 2] })],
    ['no number', listed({ number: [1, 2] })],
    [
      'a text too long',
      () => checkLimits('/x', { user_name: { characters: [1, 2] } }, { user_name: 'long' }),
    ],
    ['a path with a query', () => toUnlistedCall('/cgi-bin/x?y=z', undefined, {})],
    ['an empty file', () => read([])],
    ['a file too large', () => read([1, 2, 3, 4, 5])],
    ['a directory', () => readSource({ path: 'docs' }, limit, noDownload)],
    ['a file that is not there', () => readSource({ path: 'docs/none' }, limit, noDownload)],
    ['an address', () => readSource({ url: 'https://example.com' }, limit, noDownload)],
  ])('when it is %s, then the sentence is there in both languages', async (_, act) => {
    const error = await failureOf(act);
    expect(error.messageIn('en')).toBe(error.message);
    expect(error.messageIn('zh')).toMatch(/\p{Script=Han}/u);
    expect(englishWords(error.messageIn('zh'))).toEqual([]);
  });

  test.each([
    new ForceBudgetSpent(),
    new TokenServerUnreachable('http://127.0.0.1:1', 'timeout'),
    new TokenServerRefused('http://127.0.0.1:1', inBoth('unauthorized'), false),
  ])('when it is $code, then its Chinese is Chinese', (error) =>
    expect(error.messageIn('zh')).toMatch(/[没微拒]/),
  );
});
