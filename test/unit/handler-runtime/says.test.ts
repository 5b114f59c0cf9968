import { describe, expect, test } from '@jest/globals';
import { says } from '../../../src/index.js';

describe('given words to look for', () => {
  const when = says('帮助', 'Help', '?');

  test.each([
    ['帮助', '帮助'],
    ['  hELP\n', 'Help'],
    ['?', '?'],
    ['', undefined],
    ['帮助我', undefined],
    ['constructor', undefined],
  ])('when the text is %p, then found is %p', (content, found) => {
    expect(when({ content })).toBe(found);
  });
});

describe('given a pattern', () => {
  test('when it matches, then found is the match with its groups', () => {
    expect(says(/^天气\s*(\S+)/)({ content: '天气 北京' })?.[1]).toBe('北京');
    expect(says(/^天气/)({ content: '你好' })).toBeUndefined();
  });

  test('when one of its groups is asked for, then found is the text of that group, if it took part', () => {
    for (const group of [1, 'city'])
      expect(says(/^天气(?:\s+(?<city>\S+))?/, group)({ content: '天气 北京' })).toBe('北京');
    expect(says(/^天气(\s+\S+)?/, 1)({ content: '天气' })).toBeUndefined();
    expect(says(/^天气(\s*)/, 1)({ content: '天气' })).toBe('');
    expect(says(/^天气/, 1)({ content: '天气' })).toBeUndefined();
    expect(says(/^天气/, 'city')({ content: '天气' })).toBeUndefined();
  });

  test.each([/a/g, /a/y])(
    'when it is %p, which remembers where it was, then every text is searched from its start',
    (pattern) => {
      const when = says(pattern);
      expect([when({ content: 'a' })?.[0], when({ content: 'a' })?.[0]]).toEqual(['a', 'a']);
    },
  );
});
