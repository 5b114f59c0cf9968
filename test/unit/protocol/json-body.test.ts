import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseJsonBody } from '../../../src/protocol/json-body.js';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const read = (json: string): unknown => plain(parseJsonBody(json));

describe('given a JSON body', () => {
  test.each([
    ['{}', {}],
    ['\uFEFF {"a" : 1 }\n', { a: '1' }],
    ['{"MsgId":24863107247798001}', { MsgId: '24863107247798001' }],
    ['{"a":-0,"b":1.50,"c":1e5,"d":-1E+2}', { a: '-0', b: '1.50', c: '1e5', d: '-1E+2' }],
    ['{"a":true,"b":false,"c":null,"d":""}', { a: 'true', b: 'false', c: '', d: '' }],
    ['{"a":[1,[2,{"b":3}],[]]}', { a: ['1', ['2', { b: '3' }], []] }],
    [String.raw`{"a\"1":"\\\" 12, \u4f60 {\"x\":1}"}`, { 'a"1': '\\" 12, 你 {"x":1}' }],
    ['{"a":1,"a":2}', { a: '2' }],
  ])('when %s comes, then every leaf is the text it was written with', (json, fields) => {
    expect(read(json)).toEqual(fields);
  });

  test('when keys are those of Object.prototype, then they are own keys and nothing else changes', () => {
    const fields = parseJsonBody('{"__proto__":{"polluted":1},"constructor":2}');
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect('polluted' in {}).toBe(false);
  });

  test('when any object of texts and whole numbers comes, then it is read back as text', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
      fc.constantFrom('"', '\\', '\\"', '1,2', '}'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), leaf), (values) => {
        const written = Object.entries(values).map(
          ([key, value]) =>
            `${JSON.stringify(key)}:${typeof value === 'bigint' ? value.toString() : JSON.stringify(value)}`,
        );
        const expected = Object.entries(values).map(([key, value]) => [key, String(value)]);
        expect(Object.entries(parseJsonBody(`{${written.join(',')}}`))).toEqual(expected);
      }),
    );
  });

  test('when it is nested 16 deep, then it is read, and no deeper', () => {
    const nested = (depth: number): string => '{"a":'.repeat(depth) + '{}' + '}'.repeat(depth);
    expect(() => parseJsonBody(nested(16))).not.toThrow();
    expect(() => parseJsonBody(nested(17))).toThrow(expect.objectContaining({ reason: 'body_unreadable' }));
  });
});

describe('given anything else', () => {
  test.each([
    ['', ' ', '[]', '1', '"a"', 'null', 'true'],
    [
      '{',
      '{"a":}',
      '{"a":01}',
      '{"a":1.}',
      '{"a":-}',
      '{"a":1 2}',
      '{1:2}',
      '{"a":1"b"}',
      '{"a":1}x',
      "{'a':1}",
    ],
    ['{"a":"\n"}', '{"a":NaN}', '{"a":1,}', '{"a":"\\x"}', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    [`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ])('when it comes, then it is refused: %j', (...bodies) => {
    for (const body of bodies) {
      expect(() => parseJsonBody(body)).toThrow(expect.objectContaining({ reason: 'body_unreadable' }));
    }
  });
});
