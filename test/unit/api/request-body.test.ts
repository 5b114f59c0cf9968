import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { toQuery, toRequestBody } from '../../../src/api/request-body.js';

describe('given a request', () => {
  test('when it becomes JSON, then no text of it is escaped by number', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const json = toRequestBody({ texts });
        expect(json.replace(/\\\\/g, '')).not.toContain('\\u');
        expect(JSON.parse(json)).toBeInstanceOf(Object);
      }),
    );
  });

  test('when a number is longer than JavaScript can hold, then a bigint brings all its digits', () => {
    expect(toRequestBody({ msgid: 9007199254740993n, minus: -1n })).toBe(
      '{"msgid":9007199254740993,"minus":-1}',
    );
  });

  test('when a text looks like our mark for numbers, then it stays a text', () => {
    for (const text of ['\u00005', '\\u00005', '"\\u00005"', '\\\u00005']) {
      const { value }: { value: unknown } = JSON.parse(toRequestBody({ value: text }));
      expect(typeof value).toBe('string');
    }
  });

  test('when it becomes a query, then what is undefined is left out', () => {
    expect(toQuery({ a: 1, b: undefined, c: 'x y' })).toEqual({ a: '1', c: 'x y' });
  });
});
