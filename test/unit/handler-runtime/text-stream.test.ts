import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/protocol/app-error.js';
import { REPLY_FIELD_LIMIT_BYTES } from '../../../src/protocol/limits.js';
import { anything } from '../../support/app/handler-runtime.js';
import { RETRACT, TextStream, type StreamPart } from '../../../src/handler-runtime/text-stream.js';

/** A stream whose parts arrive when the test hands them over. */
function openStream() {
  const { readable, writable } = new TransformStream<StreamPart, StreamPart>();
  const writer = writable.getWriter();
  const stream = new TextStream(readable);
  const reading = stream.read();
  return {
    stream,
    /** Resolves once the part has been read. */
    write: async (part: StreamPart) => {
      await writer.write(part);
      await new Promise((resolve) => void setImmediate(resolve));
    },
    end: async () => {
      await writer.close();
      await reading;
    },
  };
}

describe('given a stream whose source retracts', () => {
  test('when nothing was said yet, then only what comes after it is said', async () => {
    const { stream, write, end } = openStream();
    const parts: readonly StreamPart[] = ['思考。', '还在想。', RETRACT, '回答。'];
    for (const part of parts) await write(part);
    expect(stream.completeSentences()?.content).toBe('回答。');
    await end();
    expect(stream.rest()).toBe('回答。');
  });

  test('when a part is being said just then, then nothing of what follows is lost', async () => {
    const { stream, write, end } = openStream();
    await write('思考。还没');
    const part = stream.completeSentences();
    await write('想完。');
    await write(RETRACT);
    await write('回答。');
    stream.markDelivered(part?.upTo ?? 0);
    await end();
    expect(stream.rest()).toBe('回答。');
  });

  test('when a part was said before, then that stays, and what was not is dropped', async () => {
    const { stream, write, end } = openStream();
    await write('一。二');
    stream.markDelivered(stream.completeSentences()?.upTo ?? 0);
    await write(RETRACT);
    await write('三。');
    await end();
    expect(stream.rest()).toBe('三。');
  });
});

describe('given a stream that gives what it should not', () => {
  const read = async (...parts: unknown[]) => {
    let wasLetGo = false;
    async function* source(): AsyncGenerator<never> {
      try {
        for (const part of parts) yield anything(part);
      } finally {
        wasLetGo = true;
      }
    }
    const stream = new TextStream(source());
    const error: unknown = await stream.read().catch((thrown: unknown) => thrown);
    return { code: error instanceof AppError ? error.code : error, rest: stream.rest(), wasLetGo };
  };

  test.each([[42], [undefined], [null], [{}], [Symbol('s')]])(
    'when a part is no text but %p, then it breaks off there, and lets its source go',
    async (part) => {
      expect(await read('a', part, 'b')).toEqual({ code: 'reply_invalid', rest: 'a', wasLetGo: true });
    },
  );

  test('when it never stops, then it breaks off at the limit', async () => {
    const parts = Array.from({ length: 200 }, () => '你'.repeat(400));
    const { code, rest, wasLetGo } = await read(...parts);
    expect([code, wasLetGo]).toEqual(['reply_too_long', true]);
    expect(Buffer.byteLength(rest)).toBeLessThanOrEqual(REPLY_FIELD_LIMIT_BYTES);
    expect(Buffer.byteLength(rest)).toBeGreaterThan(REPLY_FIELD_LIMIT_BYTES - 1_200);
  });

  test('when one part is a giant, then it is not taken in', async () => {
    const started = performance.now();
    expect(await read('a', 'x'.repeat(50_000_000))).toMatchObject({ code: 'reply_too_long', rest: 'a' });
    expect(performance.now() - started).toBeLessThan(2_000); // splitting it would take 7 s
  });
});
