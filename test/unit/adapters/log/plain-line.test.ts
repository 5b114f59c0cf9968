import { describe, expect, test } from '@jest/globals';
import { anything, assert, constantFrom, dictionary, double, oneof, property, string } from 'fast-check';
import { pino } from 'pino';
import { createLogger } from '../../../../src/adapters/log/pino-logger.js';
import { plainLine } from '../../../../src/adapters/log/plain-line.js';
import { createScrubber, secretFields } from '../../../../src/adapters/log/scrub-line.js';

/** Returns the line that pino itself writes with the settings of our logger. */
function pinoLine(fields: object, message: string): string {
  const lines: string[] = [];
  const log = pino(
    { base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
    { write: (line) => void lines.push(line) },
  );
  log.info(fields, message);
  return lines.join('');
}

const name = oneof(
  constantFrom('stage', 'pushId', 'ms', 'handler', '错', 'a"b', 'Ticket', 'my_ticket', 'accesstoken', 'code'),
  string(),
);
const value = oneof(
  constantFrom('answered', 'msg-1-a.b', 'a/b', '', '"', '\\', '\n', 'é'),
  double(),
  anything(),
);

describe('given a log line', () => {
  test('when it is made without pino, then it is what pino makes of it, to the letter, and nothing in it has to be hidden', () => {
    let made = 0;
    assert(
      property(
        dictionary(name, value),
        oneof(constantFrom('push', 'joined'), string()),
        (fields, message) => {
          const line = plainLine('{"level":"info"', fields, message);
          if (line === undefined) return;
          made += 1;
          expect(line).toBe(pinoLine(fields, message));
          expect(createScrubber([]).scrubLine(line)).toBe(line);
        },
      ),
    );
    expect(made).toBeGreaterThan(0);
  });

  test('when it is the line of a push, then it is made without pino', () => {
    const fields = { stage: 'answered', pushId: 'msg-1-ab', kind: 'event.click', handler: 'a/b', ms: 3 };
    expect(plainLine('{"level":"info"', fields, 'push')).toBe(pinoLine(fields, 'push'));
  });

  test.each(secretFields)('when a field is called %s, then it is left to pino, which hides it', (field) => {
    expect(plainLine('{', { [field]: 'plain' }, 'push')).toBeUndefined();
  });

  test('when a plain word is a known secret, then it is not printed', () => {
    const lines: string[] = [];
    const secrets = ['abcdef0123456789'];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ level: 'info', secrets, destination });
    log.info({ handler: 'abcdef0123456789' }, 'push');
    log.info({ handler: 'say' }, 'push');
    expect(lines.join('')).not.toContain('abcdef');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: 'info', pid: process.pid, handler: '[redacted]', msg: 'push' },
      { level: 'info', pid: process.pid, handler: 'say', msg: 'push' },
    ]);
  });

  test('when lines below warn are not wanted, then none is written', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    createLogger({ level: 'warn', secrets: [], destination }).info({ ms: 1 }, 'push');
    expect(lines).toEqual([]);
  });
});
