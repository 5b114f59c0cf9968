import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Reply } from '../../src/protocol/reply.js';
import type { HandleContext } from '../../src/index.js';
import { anything, untyped } from '../support/app/handler-runtime.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { eventually } from '../support/time/eventually.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';
import { inLongForm } from '../support/proof/long-form.js';

let app: TestApp;
afterEach(() => app.close());

const broken = (): never => {
  throw new Error('broken on purpose');
};
const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'] as const;
const trapped = (target: object): object =>
  new Proxy(target, Object.fromEntries(TRAPS.map((trap) => [trap, broken])));
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
const circular = (type: unknown): object => {
  const self: Record<string, unknown> = { type };
  return Object.assign(self, { content: self, mediaId: self, articles: [self], task: self });
};
/** Says one thing when it is read first, and another one ever after. */
function changing(first: unknown, then: unknown): PropertyDescriptor {
  let reads = 0;
  return { get: () => ((reads += 1) === 1 ? first : then), enumerable: true };
}

const types = fc.constantFrom<unknown>(
  ...(['text', 'image', 'voice', 'video', 'music', 'news', 'to-staff'] satisfies Reply['type'][]),
  'deferral',
  'stream',
  'silent',
  '__proto__',
  42,
);
/** Makes a value: the generator itself must not touch a proxy. */
type Make = () => unknown;
const odd: fc.Arbitrary<Make> = fc.oneof(
  fc
    .anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
      withNullPrototype: true,
    })
    .map((value) => () => value),
  fc.constantFrom<Make>(
    () => 42,
    () => ({}),
    () => null,
    () => [],
    () => Symbol('s'),
    () => broken,
    () => Buffer.from('x'),
    () => Promise.resolve('x'),
    () => new Date(0),
    () => trapped({}),
    () => trapped([]),
    revoked,
    () => 'x'.repeat(3_000_000),
  ),
  fc.constantFrom('', 'a text', 'x'.repeat(5_000), '\u0000', '\ud800', ']]>').map((text) => () => text),
);
const FIELDS = [
  'content',
  'mediaId',
  'thumbMediaId',
  'title',
  'articles',
  'kfAccount',
  'channel',
  'task',
  'then',
];
const objects = fc
  .record({
    type: types,
    fields: fc.dictionary(
      fc.constantFrom(...FIELDS),
      fc.oneof(
        odd,
        fc.array(odd, { maxLength: 10 }).map((all) => () => all.map((make) => make())),
      ),
      {
        maxKeys: 4,
      },
    ),
    how: fc.constantFrom('plain', 'getter', 'changing', 'trapped', 'proxy', 'frozen', 'list', 'circular'),
  })
  .map(({ type, fields, how }): Make => () => {
    const made = Object.entries(fields).map(([name, make]) => [name, make()]);
    const whole: Record<string, unknown> = { type, ...Object.fromEntries(made) };
    const all = (make: (value: unknown) => PropertyDescriptor) =>
      Object.defineProperties({}, Object.fromEntries(Object.entries(whole).map(([k, v]) => [k, make(v)])));
    switch (how) {
      case 'getter':
        return Object.defineProperty({ ...whole }, Object.keys(fields)[0] ?? 'type', { get: broken });
      case 'changing':
        return all((value) => changing(typeof value === 'object' ? 'a text' : value, 42));
      case 'trapped':
        return trapped(whole);
      case 'proxy':
        return new Proxy(whole, {});
      case 'frozen':
        return Object.freeze(whole);
      case 'list':
        return [whole];
      case 'circular':
        return circular(type);
      default:
        return whole;
    }
  });
const values = fc.oneof(odd, objects);

/** By what channel a value leaves the handler. Promises that never end are no values. */
type Leave = (value: unknown, ctx: HandleContext) => unknown;
type Settle = (value: unknown) => void;
const thenable = (then: (resolve: Settle, reject: Settle) => unknown): object =>
  // oxlint-disable-next-line unicorn/no-thenable -- the point of it
  Object.fromEntries([['then', then]]);
async function* parts(value: unknown): AsyncGenerator<never> {
  yield anything('whole. ');
  yield anything(value);
}
const leaves: Record<string, Leave> = {
  returned: (value) => value,
  promised: (value) => Promise.resolve().then(() => value),
  thrown: (value) => {
    throw value;
  },
  rejected: (value) => Promise.resolve().then(() => Promise.reject(value)),
  'by a thenable': (value) => thenable((resolve) => resolve(value)),
  'by a thenable that rejects': (value) => thenable((_, reject) => reject(value)),
  'by a thenable that throws': (value) =>
    thenable(() => {
      throw value;
    }),
  'by a promise that is none': (value) =>
    Object.assign(
      Promise.resolve(),
      thenable((resolve) => (resolve(value), value)),
    ),
  streamed: (value, ctx) => ctx.reply.stream(parts(value)),
  'by a stream that is none': (value, ctx) =>
    ctx.reply.stream(anything({ [Symbol.asyncIterator]: () => value })),
  'as a proxy of a stream': (value, ctx) => new Proxy(ctx.reply.stream(parts(value)), {}),
  sent: (value, ctx) => ctx.send(anything(value)),
  deferred: (value) => ({ type: 'deferral', task: value }),
};

describe.each(Object.entries(leaves))('given a handler that lets any value go, %s', (_, leave) => {
  test('when a push comes, then its run ends at once and its user hears an answer that WeChat takes', async () => {
    let value: unknown;
    const handle = (ctx: HandleContext): unknown => leave(value, ctx);
    app = await createTestApp({ handlers: { odd: untyped({ on: 'message.text', handle }) } });
    await fc.assert(
      fc.asyncProperty(values, async (chosen) => {
        value = chosen();
        const before = app.lines.length;
        const push = wire(textXml());
        const response = await post(app.http, push);
        expect(response.status).toBe(200);
        const isReply = response.text !== 'success';
        if (isReply) expect(response.text).toMatch(/^<xml>.*<\/xml>$/s);
        else if (leave === leaves['thrown']) {
          expect(app.lines.slice(before).map(({ message }) => message)).toContain('handler failed: it threw');
        }
        const again = await post(app.http, push);
        expect([again.status, again.text]).toEqual([200, response.text]);
        expect(app.lines.slice(before).filter(({ fields }) => 'reason' in fields)).toEqual([]);
      }),
      { numRuns: inLongForm(300, { else: 25 }) },
    );
    // The rest of a long text leaves a second later; nothing else waits.
    await eventually(async () => {
      await app.clock.advance(1_000);
      expect(await app.queue.size()).toBe(0);
    });
    expect(
      app.lines.filter(({ message }) => /claim failed|attempt failed|unhandled error/.test(message)),
    ).toEqual([]);
  });
});
