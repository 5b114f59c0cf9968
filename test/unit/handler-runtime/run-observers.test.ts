import { describe, expect, test } from '@jest/globals';
import { runObservers, tellUndelivered } from '../../../src/handler-runtime/run-observers.js';
import {
  defineObserver,
  eventPush,
  textPush,
  tryUndelivered,
  type UndeliveredAnswer,
} from '../../../src/index.js';
import { loadedObserver, testServices } from '../../support/app/handler-runtime.js';

describe('given observers of which some fail', () => {
  test('when a push is shown to them, then all see it and the failures are reported by name', async () => {
    const { services, lines } = testServices();
    const seen: string[] = [];
    const failing = [
      loadedObserver('throws', {
        on: '*',
        observe() {
          throw new Error('now');
        },
      }),
      loadedObserver('rejects', { on: '*', observe: () => Promise.reject(new Error('soon')) }),
      loadedObserver('fine', { on: '*', observe: ({ user }) => void seen.push(user) }),
    ];
    const push = textPush({ content: 'x' });
    runObservers(failing, push, services);
    await Promise.resolve();
    expect(seen).toEqual([push.user]);
    expect(lines.map(({ level, fields }) => [level, fields['observer']])).toEqual([
      ['error', 'throws'],
      ['error', 'rejects'],
    ]);
  });
});

describe('given an answer that reached nobody', () => {
  test('when observers are told, then those that want to know hear, and what they do wrong is reported', async () => {
    const { services, lines } = testServices();
    const push = textPush({ content: 'x' });
    const letter = { id: 'l', reason: 'busy', detail: 'd', pushId: push.id, handler: 'h', messages: 2 };
    const heard: unknown[] = [];
    tellUndelivered(
      [
        loadedObserver('watches', { on: '*', observe: () => void heard.push('a push') }),
        loadedObserver('rejects', { on: '*', undelivered: () => Promise.reject(new Error('soon')) }),
        loadedObserver('hears', {
          on: '*',
          undelivered: (ctx, told) => void heard.push([ctx.user, ctx.push.kind, told]),
        }),
      ],
      push,
      letter,
      services,
    );
    await Promise.resolve();
    expect(heard).toEqual([[push.user, 'message.text', letter]]);
    expect(lines.map(({ fields }) => fields['observer'])).toEqual(['rejects']);
  });

  test('when an observer is tried with one, then only where it listens', async () => {
    const heard: UndeliveredAnswer[] = [];
    const observer = defineObserver({
      on: 'message.text',
      undelivered: (_, letter) => void heard.push(letter),
    });
    const push = textPush({ content: 'x' });
    await tryUndelivered(observer, push, { reason: 'later_threw', messages: 0 });
    await tryUndelivered(observer, eventPush('CLICK'));
    expect(heard).toMatchObject([{ id: push.id, pushId: push.id, reason: 'later_threw', messages: 0 }]);
  });
});
