import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler, defineObserver, type UndeliveredAnswer } from '../../src/index.js';
import { eventually } from '../support/time/eventually.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

let begun: () => void;
const beginning = new Promise<void>((resolve) => (begun = resolve));

const handlers = {
  'whose later throws': defineHandler({
    on: 'message.text',
    handle: (ctx) => ctx.defer({}),
    later() {
      throw new Error('on purpose');
    },
  }),
  'whose answer may not travel late': defineHandler({
    on: 'message.text',
    async handle(ctx) {
      begun();
      await new Promise<void>((resume) => void app.clock.schedule(6_000, resume));
      return ctx.reply.text('now or never', { channel: 'passive' });
    },
  }),
};

/** Moves time until something has happened: files take the time that they take. */
async function until(check: () => void): Promise<void> {
  await eventually(async () => {
    await app.clock.advance(5_000);
    check();
  });
}

describe('given an observer that wants to know', () => {
  test.each([
    ['whose later throws', 'later_threw'],
    ['whose answer may not travel late', 'cannot_be_sent_late'],
  ] as const)(
    'when a handler %s, then it hears of it once, with the push, and nothing is held up',
    async (slow, reason) => {
      const heard: [kind: string, letter: UndeliveredAnswer][] = [];
      const hear = defineObserver({
        on: 'message.text',
        undelivered: (ctx, letter) => void heard.push([ctx.push.kind, letter]),
      });
      const throws = defineObserver({
        on: '*',
        undelivered() {
          throw new Error('whatever');
        },
      });
      const elsewhere = defineObserver({
        on: 'event',
        undelivered: (ctx, letter) => void heard.push([ctx.push.kind, letter]),
      });
      app = await createTestApp({ handlers: { slow: handlers[slow], throws, elsewhere, hear } });
      const answered = post(app.http, wire(textXml())).then(({ text }) => text);
      if (reason === 'cannot_be_sent_late') {
        await beginning;
        await app.clock.advance(3_500); // the job is written ahead: give the disk its time
        await app.jobsPut(1);
        await app.clock.advance(1_000);
      }
      expect(await answered).toBe('success');
      await until(() => expect(heard).toHaveLength(1));
      expect(heard).toEqual([
        [
          'message.text',
          {
            id: expect.stringMatching(/^msg-/),
            pushId: heard[0]?.[1].id,
            reason,
            detail: expect.any(String),
            handler: 'slow',
            messages: 0,
          },
        ],
      ]);
      expect(app.lines.filter(({ message }) => message === 'observer failed: it threw')).toHaveLength(1);
      await eventually(async () => expect(await app.queue.size()).toBe(0));
    },
  );
});
