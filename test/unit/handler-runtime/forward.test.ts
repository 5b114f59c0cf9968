import { describe, expect, test } from '@jest/globals';
import { BackendDown, defineHandler, forward, textPush, tryHandler, tryLater } from '../../../src/index.js';
import { withForwardUrl } from '../../../src/handler-runtime/forward/forward-url.js';
import { createRouter } from '../../../src/handler-runtime/router.js';
import { loaded } from '../../support/app/handler-runtime.js';

const push = textPush({ content: '你好' });
const NOW_MS = 1_700_000_000_000;
const away = () => {
  throw new BackendDown('The backend is away', { fault: 'down', atMs: NOW_MS });
};
const replies = () => ({ type: 'text', content: 'its answer' }) as const;

describe('given forward with a backend', () => {
  test('when the backend replies, then that is the answer; when it is silent, so is the handler', async () => {
    expect(await tryHandler(forward(), push, { backend: replies })).toMatchObject({
      type: 'replied',
      reply: { content: 'its answer' },
    });
    expect(await tryHandler(forward(), push, { backend: () => undefined })).toMatchObject({ type: 'silent' });
  });

  test('when the backend is down, then the push waits for it, and each further try comes later', async () => {
    const kept = await tryHandler(forward({ retry: 10 }), push, { backend: away });
    expect(kept).toMatchObject({ type: 'deferred', task: { untilMs: NOW_MS + 600_000, tries: 0 } });
    const pauses = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const task = { untilMs: NOW_MS + 600_000, tries };
      const again = await tryLater(forward(), push, task, { backend: away });
      pauses.push(again.type === 'deferred' && again.afterMs);
      expect(again).toMatchObject({ task: { ...task, tries: tries + 1 } });
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(await tryLater(forward(), push, { untilMs: 0, tries: 3 }, { backend: replies })).toMatchObject({
      reply: { content: 'its answer' },
    });
  });

  test('when it stayed down as long as the push is kept, then `later` throws', async () => {
    const task = { untilMs: NOW_MS, tries: 3 };
    await expect(tryLater(forward(), push, task, { backend: away })).rejects.toThrow(BackendDown);
    await expect(tryHandler(forward({ retry: 0 }), push, { backend: away })).rejects.toThrow(BackendDown);
  });

  test('when another handler answers otherwise, then its deferral is finished by its own `later`', async () => {
    const otherwise = defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.defer({ city: '北京' }),
      later: (ctx, { city }) => ctx.reply.text(city),
    });
    const handler = forward({ otherwise });
    const task = { other: { city: '北京' } };
    expect(await tryHandler(handler, push, { backend: away })).toMatchObject({ type: 'deferred', task });
    expect(await tryLater(handler, push, task)).toMatchObject({ reply: { content: '北京' } });
  });

  test.each([
    [{ url: 'ftp://x' }, /not an http\(s\) URL/],
    [{ timeoutMs: 0 }, /timeoutMs/],
    [{ retry: -1 }, /retry/],
    [{ otherwise: { on: '*', when: () => true, handle: () => undefined } as const }, /has a `when`/],
  ])('when it is given %j, then it says what is wrong', (options, sentence) => {
    expect(() => forward(options)).toThrow(sentence);
  });
});

describe('given FORWARD_URL for one of two accounts', () => {
  const settings = (otherwise?: string) => ({
    accounts: [
      { name: 'shop', forward: {} },
      { name: 'club', forward: undefined },
    ],
    forward: { retry: 'window' as const, otherwise },
  });
  const help = loaded('help', { on: 'message.text', when: () => undefined, handle: () => undefined });
  const sorry = loaded('sorry', { on: '*', handle: () => undefined });
  const handlers = { handlers: [help, sorry], observers: [] };

  test('when no own handler takes a push to that account, then the backend does', () => {
    const router = createRouter(withForwardUrl({ ...handlers, handlers: [help] }, settings()).handlers);
    expect(router.route(push, 'shop')?.handler.name).toBe('FORWARD_URL');
    expect(router.route(push, 'club')).toBeUndefined();
  });

  test('when FORWARD_OTHERWISE names a handler, then it takes no pushes itself', () => {
    const router = createRouter(withForwardUrl(handlers, settings('sorry')).handlers);
    expect(router.route(push, 'shop')?.handler.name).toBe('FORWARD_URL');
    expect(() => withForwardUrl(handlers, settings('sory'))).toThrow(
      'FORWARD_OTHERWISE is "sory", and there is no handler of that name: choose from help, sorry',
    );
  });
});
