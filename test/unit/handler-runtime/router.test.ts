import { describe, expect, test } from '@jest/globals';
import { createRouter } from '../../../src/handler-runtime/router.js';
import { defineHandler, eventPush, says, textPush } from '../../../src/index.js';
import { captureLog, loaded, loadedObserver } from '../../support/app/handler-runtime.js';

const silent = () => undefined;
const text = loaded('text', defineHandler({ on: 'message.text', handle: silent }));
const family = loaded('family', defineHandler({ on: 'message', handle: silent }));
const familyWhen = loaded('family-when', defineHandler({ on: 'message', when: () => true, handle: silent }));
const anything = loaded('anything', defineHandler({ on: '*', handle: silent }));
const help = loaded(
  'help',
  defineHandler({ on: 'message.text', when: says('帮助', 'help'), handle: silent }),
);

describe('given handlers of every breadth', () => {
  const router = createRouter([anything, familyWhen, family, text, help]);

  test('when a text is what a `when` looks for, then that handler answers and gets what was found', () => {
    expect(router.route(textPush({ content: ' HELP ' }), 'default')).toEqual({
      handler: help,
      found: 'help',
    });
  });

  test('when no `when` wants it, then the exact kind comes before a family with `when`', () => {
    expect(router.route(textPush({ content: '你好' }), 'default')?.handler.name).toBe('text');
  });

  test('when only `*` hears an event, then it answers', () => {
    expect(router.route(eventPush('subscribe'), 'default')).toEqual({ handler: anything, found: undefined });
  });

  test('then the table lists them in the order in which they are asked', () => {
    expect(router.table().map(({ on, name, conditional }) => [on, name, conditional])).toEqual([
      ['message.text', 'help', true],
      ['message.text', 'text', false],
      ['message', 'family-when', true],
      ['message', 'family', false],
      ['*', 'anything', false],
    ]);
  });

  test('then each is found by its name', () => {
    expect([router.byName('help'), router.byName('nobody')]).toEqual([help, undefined]);
  });
});

describe('given two handlers that are equally close', () => {
  test('when both want a push, then the name decides, whatever the order of loading', () => {
    const [a, b] = ['a', 'b'].map((name) => loaded(name, { on: 'message.text', handle: silent }));
    for (const handlers of [
      [a!, b!],
      [b!, a!],
    ])
      expect(createRouter(handlers).route(textPush({ content: '' }), 'default')?.handler.name).toBe('a');
  });
});

describe('given a handler that listens to a kind and to its family', () => {
  test('then it counts as close as the kind', () => {
    const both = loaded('z', { on: ['message', 'message.text'], handle: silent });
    const router = createRouter([family, both]);
    expect(router.route(textPush({ content: '' }), 'default')?.handler.name).toBe('z');
  });
});

describe('given what `when` may return', () => {
  const routeWith = (found: unknown, log = captureLog()) =>
    createRouter([loaded('it', { on: 'message.text', when: () => found, handle: silent })], [], {
      log,
    }).route(textPush({ content: 'x' }), 'default');

  test.each([undefined, null, false])('when it is %p, then the push is not its own', (found) => {
    expect(routeWith(found)).toBeUndefined();
  });

  test.each(['', 0, true, 'x'])('when it is %p, then it is found', (found) => {
    expect(routeWith(found)?.found).toBe(found);
  });

  test('when it is a promise, then it is reported and the push is not its own', () => {
    const log = captureLog();
    expect(routeWith(Promise.resolve('x'), log)).toBeUndefined();
    expect(log.lines).toMatchObject([{ level: 'error', fields: { handler: 'it' } }]);
  });

  test('when it throws, then it is reported by name and the next handler is asked', () => {
    const log = captureLog();
    const broken = loaded('broken', {
      on: 'message.text',
      when() {
        throw new Error('oops');
      },
      handle: silent,
    });
    expect(
      createRouter([broken, text], [], { log }).route(textPush({ content: 'x' }), 'default')?.handler.name,
    ).toBe('text');
    expect(log.lines).toMatchObject([
      { level: 'error', fields: { handler: 'broken', err: { message: 'oops' } } },
    ]);
  });
});

describe('given observers', () => {
  test('when a push comes, then all that hear its kind are named, and no handler is needed', () => {
    const all = loadedObserver('all', { on: '*', observe: silent });
    const events = loadedObserver('events', { on: 'event', observe: silent });
    const router = createRouter([], [all, events]);
    expect(router.observers(eventPush('CLICK'), 'default').map(({ name }) => name)).toEqual([
      'events',
      'all',
    ]);
    expect(router.observers(textPush({ content: '' }), 'default')).toEqual([all]);
    expect(router.route(textPush({ content: '' }), 'default')).toBeUndefined();
    expect(router.table()).toMatchObject([{ type: 'observer' }, { type: 'observer' }]);
  });
});

describe('given handlers that are bound to accounts', () => {
  const forAll = loaded('all', { on: 'message.text', handle: silent });
  const forShop = loaded('shop', { on: 'message.text', accounts: ['shop'], handle: silent });
  const help2 = loaded('wanted', defineHandler({ on: 'message.text', when: says('help'), handle: silent }));
  const router = createRouter(
    [forAll, forShop, help2],
    [loadedObserver('watch', { on: '*', accounts: ['shop', 'news'], observe: silent })],
  );
  const nameFor = (account: string, content: string) =>
    router.route(textPush({ content }), account)?.handler.name;

  test('when a push comes, then only handlers of its account are asked, those that are bound first', () => {
    expect(['shop', 'news'].map((account) => nameFor(account, 'x'))).toEqual(['shop', 'all']);
  });

  test('when one with `when` wants it, then that comes before one that is bound', () => {
    expect(nameFor('shop', 'help')).toBe('wanted');
  });

  test('then observers hear of their accounts alone', () => {
    const heard = (account: string) => router.observers(textPush({ content: '' }), account).length;
    expect(['shop', 'news', 'club'].map(heard)).toEqual([1, 1, 0]);
  });

  test('then the table tells the accounts', () => {
    expect(router.table().map(({ name, accounts }) => [name, accounts])).toEqual([
      ['wanted', undefined],
      ['shop', ['shop']],
      ['all', undefined],
      ['watch', ['shop', 'news']],
    ]);
  });
});
