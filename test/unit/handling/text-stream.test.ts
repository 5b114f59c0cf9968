import { describe, expect, test } from '@jest/globals';
import { RETRACT, TextStream, type StreamPart } from '../../../src/handling/text-stream.js';

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
    expect(stream.complete()?.content).toBe('回答。');
    await end();
    expect(stream.rest()).toBe('回答。');
  });

  test('when a part is being said just then, then nothing of what follows is lost', async () => {
    const { stream, write, end } = openStream();
    await write('思考。还没');
    const part = stream.complete();
    await write('想完。');
    await write(RETRACT);
    await write('回答。');
    stream.markSaid(part?.upTo ?? 0);
    await end();
    expect(stream.rest()).toBe('回答。');
  });

  test('when a part was said before, then that stays, and what was not is dropped', async () => {
    const { stream, write, end } = openStream();
    await write('一。二');
    stream.markSaid(stream.complete()?.upTo ?? 0);
    await write(RETRACT);
    await write('三。');
    await end();
    expect(stream.rest()).toBe('三。');
  });
});
