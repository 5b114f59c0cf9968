import { describe, expect, test } from '@jest/globals';
import { showProgress } from '../../../src/cli/progress.js';
import type { Language } from '../../../src/protocol/words.js';
import { formatColumns } from '../../../src/cli/table.js';

describe('given rows', () => {
  test('when they are shown, then columns stand below each other, also with Chinese in them', () => {
    expect(
      formatColumns([
        ['NAME', 'N'],
        ['天气', '1'],
        ['x', '2'],
      ]),
    ).toBe('NAME  N\n天气  1\nx     2');
    expect(formatColumns([])).toBe('');
  });
});

describe('given something that takes long', () => {
  function counted(isTTY: boolean, language: Language = 'en') {
    const texts: string[] = [];
    let nowMs = 0;
    const progress = showProgress(
      { en: 'users', zh: '个用户' },
      language,
      { isTTY, write: (text: string) => texts.push(text) },
      () => nowMs,
    );
    const at = (ms: number, done: number, total?: number) => {
      nowMs = ms;
      progress.update(done, total);
    };
    return { at, progress, texts };
  }

  test('when a person looks on, then after a second count, rate and time left are shown, five times a second at most', () => {
    const { at, progress, texts } = counted(true);
    at(0, 100, 10_000);
    at(900, 500, 10_000);
    at(1_000, 600, 10_000);
    at(1_100, 650, 10_000);
    at(2_000, 1_100, 10_000);
    at(3_000, 1_600);
    progress.stop();
    expect(texts.map((text) => text.replace('\r\u001B[K', ''))).toEqual([
      '600 of 10000 users, 500 a second, about 19 s left',
      '1100 of 10000 users, 500 a second, about 18 s left',
      '1600 users, 500 a second',
      '',
    ]);
  });

  test('when the terminal speaks Chinese, then so does the line', () => {
    const { at, texts } = counted(true, 'zh');
    at(0, 100, 10_000);
    at(1_000, 600, 10_000);
    expect(texts).toEqual(['\r\u001B[K600/10000 个用户，每秒 500，大约还要 19 秒']);
  });

  test('when nobody does, then nothing is written', () => {
    const { at, progress, texts } = counted(false);
    at(5_000, 1, 2);
    progress.stop();
    expect(texts).toEqual([]);
  });
});
