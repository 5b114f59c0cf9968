import { describe, expect, test } from '@jest/globals';
import { createRingBuffer } from '../../../src/sandbox/state/ring-buffer.js';
import { patternPng } from '../../../src/sandbox/state/pattern-png.js';
import { curlFor } from '../../../src/sandbox/push/curl.js';
import { stagesOf } from '../../../src/sandbox/push/send-attempt.js';
import { mismatch } from '../../../src/sandbox/scenario/match.js';
import { milliseconds } from '../../../src/sandbox/scenario/scenario.js';
import { jsonText } from '../../../src/sandbox/wechat-api/json-text.js';
import { multipart } from '../../../src/sandbox/wechat-api/multipart.js';
import { newRid } from '../../../src/sandbox/wechat-api/rid.js';

describe('given a form with a file', () => {
  test('when it is taken apart, then bytes, names and types come out whole', () => {
    const bytes = Buffer.from([0, 13, 10, 45, 45, 255]);
    const body = Buffer.concat([
      Buffer.from(
        '--b\r\nContent-Disposition: form-data; name="media"; filename="a b.png"\r\nContent-Type: image/png\r\n\r\n',
      ),
      bytes,
      Buffer.from('\r\n--b\r\nContent-Disposition: form-data; name="description"\r\n\r\n{}\r\n--b--\r\n'),
    ]);
    expect(multipart('multipart/form-data; boundary=b', body)).toEqual([
      { name: 'media', fileName: 'a b.png', contentType: 'image/png', bytes },
      { name: 'description', fileName: undefined, contentType: undefined, bytes: Buffer.from('{}') },
    ]);
    expect(multipart('text/plain', body)).toEqual([]);
  });
});

describe('given small things of the wire', () => {
  test('when an id of 64 bits is written, then all its digits stand there, without quotes', () => {
    expect(jsonText({ msgid: 3_851_412_345_678_901_249n, a: ['1'] })).toBe(
      '{"msgid":3851412345678901249,"a":["1"]}',
    );
  });

  test('when a rid is made, then its first group is the time of the call', () => {
    expect(newRid(1_635_156_704_000)).toMatch(/^617682e0-[0-9a-f]{8}-[0-9a-f]{8}$/);
  });

  test('when a command line is made, then a quote in the body cannot end its argument', () => {
    expect(curlFor({ method: 'POST', url: 'http://a/?b=c&d', headers: {}, body: "it's" })).toBe(
      `curl -sS -i --max-time 5 --data-raw 'it'\\''s' 'http://a/?b=c&d'`,
    );
  });

  test('when a server tells its stages, then name, duration and words are read', () => {
    expect(stagesOf('parse;dur=0.4, run;dur=12;desc="a, b", cached')).toEqual({
      stages: [
        { name: 'parse', durationMs: 0.4 },
        { name: 'run', durationMs: 12, description: 'a, b' },
        { name: 'cached' },
      ],
    });
    expect(stagesOf(undefined)).toEqual({});
  });

  test('when a picture is made, then it is a PNG, and another for another text', () => {
    expect(patternPng('a').subarray(1, 4).toString()).toBe('PNG');
    expect(patternPng('a').equals(patternPng('b'))).toBe(false);
  });
});

describe('given the last records', () => {
  test('when there are too many, then the oldest is forgotten, and a late change does not bring it back', () => {
    const recent = createRingBuffer<{ id: string; state: string }>('x', { limit: 2 });
    for (let made = 0; made < 3; made += 1) recent.put({ id: recent.nextId(), state: 'new' });
    recent.put({ id: 'x1', state: 'late' });
    recent.put({ id: 'x2', state: 'late' });
    expect(recent.list()).toEqual([
      { id: 'x2', state: 'late' },
      { id: 'x3', state: 'new' },
    ]);
    recent.clear();
    recent.put({ id: 'x3', state: 'late' });
    expect(recent.list()).toEqual([]);
  });
});

describe('given records of some weight', () => {
  test('when they grow too heavy together, then the oldest go, and the newest stays however heavy it is', () => {
    const recent = createRingBuffer<{ id: string; text: string }>('x', {
      limit: 9,
      weigh: ({ text }) => text.length,
      most: 10,
    });
    for (const text of ['aaaa', 'bbbb', 'c']) recent.put({ id: recent.nextId(), text });
    recent.put({ id: 'x3', text: 'ccc' });
    expect(recent.list().map(({ text }) => text)).toEqual(['bbbb', 'ccc']);
    recent.put({ id: recent.nextId(), text: 'd'.repeat(99) });
    expect(recent.list()).toHaveLength(1);
    recent.put({ id: recent.nextId(), text: 'e' });
    expect(recent.list().map(({ text }) => text)).toEqual(['e']);
  });
});

describe('given what a scenario expects', () => {
  test.each([
    [{ a: 1 }, { a: 1, b: 2 }, undefined],
    [{ a: [1, { b: 're:^x' }] }, { a: [1, { b: 'xy' }] }, undefined],
    [{ a: '>=3', b: null }, { a: 3 }, undefined],
    [{ a: '<=3' }, { a: 4 }, 'a: expected "<=3", got 4'],
    [{ a: [1] }, { a: [1, 2] }, 'a: expected [1], got [1,2]'],
    [{ a: { b: 'x' } }, { a: {} }, 'a.b: expected "x", got nothing'],
    [{ a: null }, { a: 0 }, 'a: expected nothing, got 0'],
  ])('when %j meets %j, then the problem is %j', (expected, actual, problem) => {
    expect(mismatch(expected, actual)?.en).toBe(problem);
  });

  test('when lengths of time are written, then they are milliseconds', () => {
    expect([milliseconds(5), milliseconds('1.5s'), milliseconds('48h')]).toEqual([5, 1_500, 172_800_000]);
  });
});
