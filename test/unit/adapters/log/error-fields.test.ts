import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { errorFields, WITHHELD } from '../../../../src/adapters/log/error-fields.js';
import { AppError } from '../../../../src/protocol/app-error.js';
import { toPassiveXml } from '../../../../src/protocol/passive-xml.js';
import { StoreUnavailable } from '../../../../src/ports/state-store.js';
import { anything } from '../../../support/app/handler-runtime.js';

class LampBroken extends AppError {
  readonly code = 'lamp_broken';
}

const TYPED = '我的 secret words';

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('given an error of ours', () => {
  test('when it is logged, then it has its message, its code, and the frames outside of this program', () => {
    const error = thrownBy(() => toPassiveXml({ type: 'text', content: '' }, { user: 'u', account: 'a' }, 0));
    expect(errorFields(error)).toMatchObject({
      name: 'ReplyInvalid',
      code: 'reply_invalid',
      message: expect.stringContaining('needs'),
      stack: expect.stringMatching(/^ {4}at .*error-fields\.test/),
    });
    expect(JSON.stringify(errorFields(error))).not.toContain('/src/');
  });

  test('when its cause is somebody else’s, then the cause keeps name and frames, and its message is withheld', () => {
    const error = new LampBroken('dark', { cause: new TypeError(`no ${TYPED}`) });
    expect(errorFields(error)).toMatchObject({
      message: 'dark',
      cause: { name: 'TypeError', message: WITHHELD, stack: expect.stringContaining('error-fields.test') },
    });
  });

  test('when it is one of the ports, then its message is shown, too', () => {
    expect(errorFields(new StoreUnavailable('away'))).toMatchObject({ message: 'away' });
  });
});

describe('given errors that are not ours', () => {
  test.each<[string, () => unknown]>([
    ['what users typed, parsed', () => JSON.parse(TYPED)],
    ['what users typed, thrown', () => Promise.reject(new Error(TYPED))],
    [
      'what users typed, on many lines that look like frames',
      () => {
        throw new Error(`x\n    at ${TYPED} (/etc/x.ts:1:2)\n    at y (/${TYPED}:1:2)`);
      },
    ],
    [
      'a name, a code and a stack of their own',
      () => {
        throw Object.assign(new Error('x'), { name: TYPED, code: TYPED, stack: TYPED });
      },
    ],
    ['a file named by users', () => readFileSync(`/nowhere/${TYPED}`)],
    [
      'a bare text',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- handlers may throw anything
        throw anything(TYPED);
      },
    ],
    [
      'an object',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- handlers may throw anything
        throw anything({ text: TYPED });
      },
    ],
    ['another realm', () => runInNewContext(`throw new Error(${JSON.stringify(TYPED)})`)],
    [
      'several causes',
      () => {
        throw new Error('x', { cause: new Error('y', { cause: TYPED }) });
      },
    ],
  ])('when one holds %s, then nothing of it is shown, except to developers', async (_, run) => {
    const thrown = await Promise.resolve()
      .then(run)
      .catch((error: unknown) => error);
    expect(JSON.stringify(errorFields(thrown))).not.toContain('secret words');
    expect(JSON.stringify(errorFields(thrown, { whole: true }))).toContain('secret words');
  });

  test('when the engine made it, then its own words are shown without what stands around them', () => {
    const lists: Record<string, unknown[]> = {};
    const error = thrownBy(() => lists[TYPED]!.map((item) => item));
    const shown = JSON.stringify(errorFields(error));
    expect(shown).toContain('Cannot read properties of undefined');
    expect(shown).toContain('error-fields.test');
    expect(JSON.stringify(errorFields(thrownBy(() => JSON.parse(TYPED))))).toContain('is not valid JSON');
  });

  test('when the system made it, then its sentence is shown without the path', () => {
    expect(errorFields(thrownBy(() => readFileSync('/nowhere/x')))).toMatchObject({
      code: 'ENOENT',
      message: 'ENOENT: no such file or directory',
    });
  });

  test('when its frames are shown, then all of them are', () => {
    const fields = errorFields(new RangeError('one\ntwo'));
    expect(fields).toMatchObject({ stack: expect.stringMatching(/^ {4}at .*error-fields\.test.*\n {4}at /) });
  });

  test.each(['name', 'message', 'stack', 'cause', 'code'])(
    'when its %s throws, then logging goes on',
    (key) => {
      const error = Object.defineProperty(new Error('x'), key, {
        get() {
          throw new Error('no');
        },
      });
      for (const whole of [false, true])
        expect(errorFields(error, { whole })).toMatchObject({ name: 'Error' });
    },
  );

  test('when even its prototype throws, then logging goes on', () => {
    const proxy: unknown = new Proxy(new Error('x'), {
      getPrototypeOf() {
        throw new Error('no');
      },
    });
    expect(errorFields(proxy)).toMatchObject({ message: expect.any(String) });
  });
});
