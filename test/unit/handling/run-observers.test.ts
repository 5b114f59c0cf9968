import { describe, expect, test } from '@jest/globals';
import { runObservers } from '../../../src/handling/run-observers.js';
import { textPush } from '../../../src/index.js';
import { loadedObserver, testServices } from '../../support/handling.js';

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
