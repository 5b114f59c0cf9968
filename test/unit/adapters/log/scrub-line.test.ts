import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createScrubber, REDACTED } from '../../../../src/adapters/log/scrub-line.js';

const scrub = createScrubber([]).scrubLine;
const scrubbed = (fields: object, scrubber = scrub): unknown =>
  JSON.parse(scrubber(`${JSON.stringify(fields)}\n`));

describe('given texts that hold secrets of known shapes', () => {
  test.each([
    ['https://x.y/cgi-bin/a?access_token=AbC-1_2&b=1', `https://x.y/cgi-bin/a?access_token=${REDACTED}&b=1`],
    ['appid=wx1&secret=s3cr3t', `appid=wx1&secret=${REDACTED}`],
    [
      '/wechat?signature=abc123&timestamp=1&msg_signature=def',
      `/wechat?signature=${REDACTED}&timestamp=1&msg_signature=${REDACTED}`,
    ],
    ['?code=0a1b2c&state=s', `?code=${REDACTED}&state=s`],
    ['refresh_token=rt&ticket=tk', `refresh_token=${REDACTED}&ticket=${REDACTED}`],
    ['{"access_token":"abc","expires_in":7200}', `{"access_token":"${REDACTED}","expires_in":7200}`],
    ['{\\"ticket\\": \\"abc\\"}', `{\\"ticket\\": \\"${REDACTED}\\"}`],
    ["{ secret: 'abc' }", `{ secret: '${REDACTED}' }`],
    ['Authorization: Bearer abc.def', `Authorization: Bearer ${REDACTED}`],
    ['redis://user:pass@host:6379', `redis://user:${REDACTED}@host:6379`],
  ])('when one logs %j, then the secret is gone and the rest is there', (text, expected) => {
    expect(scrubbed({ msg: text, deep: { list: [text] } })).toEqual({
      msg: expected,
      deep: { list: [expected] },
    });
  });

  test('when a field of any depth has a secret name, then its value is gone, whatever it is', () => {
    expect(scrubbed({ a: [{ access_token: 'x', Ticket: { b: 1 }, accessToken: 'y' }] })).toEqual({
      a: [{ access_token: REDACTED, Ticket: REDACTED, accessToken: REDACTED }],
    });
  });

  test.each([
    'errcode=40001',
    '"code":"api_refused"',
    'errcode: 42001, token-invalid',
    'a@b.example',
    'http://h:80/p',
  ])('when %j is logged, then it stays', (text) => expect(scrubbed({ msg: text })).toEqual({ msg: text }));
});

describe('given known secret values', () => {
  test('when one stands in a text, a name or a URL, then it is gone; one below 6 characters is let be', () => {
    const known = createScrubber(['p@ss "word"', 'abc']).scrubLine;
    const line = scrubbed(
      { msg: 'it is p@ss "word", abc', 'p@ss "word"': encodeURIComponent('p@ss "word"') },
      known,
    );
    expect(line).toEqual({ msg: `it is ${REDACTED}, abc`, [REDACTED]: REDACTED });
  });

  test('when one consists of digits, then numbers stay numbers and the line stays JSON', () => {
    const known = createScrubber(['123456']).scrubLine;
    expect(scrubbed({ ms: 1234567, id: '99123456' }, known)).toEqual({ ms: 1234567, id: `99${REDACTED}` });
  });

  test('when any secret stands anywhere in any text, then it does not come out', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    // Of letters that the replacement does not have, so that nothing but the secret can be found.
    const secret = fc.string({
      unit: fc.constantFrom(...Array.from('XYZ012"\\%/令😀')),
      minLength: 6,
      maxLength: 40,
    });
    fc.assert(
      fc.property(secret, text, text, (value, before, after) => {
        const line = createScrubber([value]).scrubLine(
          `${JSON.stringify({ a: { b: [before + value + after] } })}\n`,
        );
        const { a }: { a: { b: string[] } } = JSON.parse(line);
        expect(line.endsWith('\n')).toBe(true);
        expect(a.b.join('')).not.toContain(value);
      }),
    );
  });
});

describe('given a line without a trace of a secret', () => {
  test('when it passes, then it is the very same line', () => {
    const line =
      '{"level":"info","pushId":"msg-24863140378325117","outcome":"replied","ms":3,"msg":"push"}\n';
    expect(scrub(line)).toBe(line);
  });
});
