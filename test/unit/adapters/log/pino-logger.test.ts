import { describe, expect, test } from '@jest/globals';
import { createLogger } from '../../../../src/adapters/log/pino-logger.js';

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

  test('when somebody else’s error is logged, then its message is withheld, unless developers ask for it', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    for (const thrownMessages of [false, true])
      createLogger({ level: 'info', secrets: [], thrownMessages, destination })
        .child({ err: new Error('words of a user') })
        .error({ error: new Error('words of a user') }, 'failed');
    const [withheld = '', shown = ''] = lines;
    expect(withheld).toContain('pino-logger.test');
    expect(withheld).not.toContain('words of a user');
    expect(shown.split('"message":"words of a user"')).toHaveLength(3);
  });

  test('when `error` is a word of the handler’s own, then it is logged as it is', () => {
    const lines: string[] = [];
    loggerInto(lines).warn({ error: 'quota' }, 'failed');
    expect(lines.join('')).toContain('"error":"quota"');
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
