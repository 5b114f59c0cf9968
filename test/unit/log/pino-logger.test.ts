import { describe, expect, test } from '@jest/globals';
import { createLogger } from '../../../src/adapters/log/pino-logger.js';
import { AppError } from '../../../src/protocol/app-error.js';

class LampBroken extends AppError {
  readonly code = 'lamp_broken';
}

function loggerInto(lines: string[], secrets: readonly string[] = []) {
  return createLogger({ level: 'info', secrets, destination: { write: (line) => void lines.push(line) } });
}
const parsed = (lines: readonly string[]) => lines.map((line): Record<string, unknown> => JSON.parse(line));

describe('given a logger', () => {
  test('when it logs, then a line is JSON with level, time, bound fields and message', () => {
    const lines: string[] = [];
    loggerInto(lines).child({ account: 'default' }).info({ ms: 3 }, 'push');

    expect(parsed(lines)).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        pid: process.pid,
        account: 'default',
        ms: 3,
        msg: 'push',
      },
    ]);
  });

  test('when a line is below the level, then it is not written', () => {
    const lines: string[] = [];
    loggerInto(lines).debug({}, 'quiet');
    expect(lines).toEqual([]);
  });

  test('when an error thrown on purpose is logged, then it has code and cause and no stack; a bug has its stack', () => {
    const lines: string[] = [];
    const log = loggerInto(lines);
    log.error({ err: new LampBroken('dark', { cause: new TypeError('no power') }) }, 'failed');
    log.error({ err: new RangeError('bug') }, 'failed');

    const [purposeful, bug] = parsed(lines).map(({ err }) => err);
    expect(purposeful).toEqual({
      name: 'LampBroken',
      code: 'lamp_broken',
      message: 'dark',
      cause: { name: 'TypeError', message: 'no power', stack: expect.any(String) },
    });
    expect(bug).toMatchObject({ name: 'RangeError', stack: expect.stringContaining('pino-logger.test') });
  });

  test('when causes form a ring, then the line still ends', () => {
    const lines: string[] = [];
    const error = new Error('ring');
    error.cause = error;
    loggerInto(lines).error({ err: error }, 'failed');
    expect(lines).toHaveLength(1);
  });

  test('when secrets come in by any way, then none is printed', () => {
    const lines: string[] = [];
    const log = loggerInto(lines, ['app-secret-value']).child({ bound: 'app-secret-value' });
    log.info(
      { access_token: 'token-1', request: { headers: { authorization: 'Bearer token-2' } } },
      'of app-secret-value',
    );
    log.warn({ err: new Error('GET /x?access_token=token-3 failed') }, 'failed');
    log.info({ list: ['{"refresh_token":"token-4"}'] }, 'signature=token-5');

    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toMatch(/token-\d|app-secret-value/);
    expect(parsed(lines)).toHaveLength(3);
  });
});
