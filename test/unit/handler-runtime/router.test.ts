import { describe, expect, test } from '@jest/globals';
import { createRouter } from '../../../src/handler-runtime/router.js';
import { defineHandler, eventPush, says, textPush } from '../../../src/index.js';
import { captureLog, loaded, loadedObserver } from '../../support/handler-runtime.js';

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
    expect(router.route(textPush({ content: ' HELP ' }))).toEqual({ handler: help, found: 'help' });
  });

  test('when no `when` wants it, then the exact kind comes before a family with `when`', () => {
    expect(router.route(textPush({ content: '你好' }))?.handler.name).toBe('text');
  });

  test('when only `*` hears an event, then it answers', () => {
    expect(router.route(eventPush('subscribe'))).toEqual({ handler: anything, found: undefined });
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
      expect(createRouter(handlers).route(textPush({ content: '' }))?.handler.name).toBe('a');
  });
});

describe('given a handler that listens to a kind and to its family', () => {
  test('then it counts as close as the kind', () => {
    const both = loaded('z', { on: ['message', 'message.text'], handle: silent });
    const router = createRouter([family, both]);
    expect(router.route(textPush({ content: '' }))?.handler.name).toBe('z');
  });
});

describe('given what `when` may return', () => {
  const routeWith = (found: unknown, log = captureLog()) =>
    createRouter([loaded('it', { on: 'message.text', when: () => found, handle: silent })], [], {
      log,
    }).route(textPush({ content: 'x' }));

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
    expect(createRouter([broken, text], [], { log }).route(textPush({ content: 'x' }))?.handler.name).toBe(
      'text',
    );
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
    expect(router.observers(eventPush('CLICK')).map(({ name }) => name)).toEqual(['events', 'all']);
    expect(router.observers(textPush({ content: '' }))).toEqual([all]);
    expect(router.route(textPush({ content: '' }))).toBeUndefined();
    expect(router.table()).toMatchObject([{ type: 'observer' }, { type: 'observer' }]);
  });
});
