import { describe, expect, test } from '@jest/globals';
import { pageModule } from '../../support/app/page-module.js';

interface Push {
  readonly id: string;
  readonly copyOf?: string;
  readonly kind?: string;
  readonly plainBody?: string;
  readonly verdict?: { readonly outcome: string; readonly reply?: object };
}
const { sumUpCopies } = await pageModule<{
  sumUpCopies: (all: readonly Push[], push: Push) => object | undefined;
}>('sandbox/page/core/copies.js');
const { fitsFilter } = await pageModule<{
  fitsFilter: (push: Push, filter: { text: string; outcome: string }, name: string) => boolean;
}>('sandbox/page/core/push-filter.js');

describe('given copies of a push', () => {
  const run = (id: string, content?: string): Push => ({
    id,
    ...(id !== 'x1' && { copyOf: 'x1' }),
    ...(content !== undefined && { verdict: { outcome: 'reply', reply: { content } } }),
  });

  test('when all replies are alike, then one run is seen, from whichever copy one looks', () => {
    const all = [run('x1', 'a'), run('x2', 'a'), run('x3', 'a'), { id: 'x4' }];
    expect(sumUpCopies(all, run('x1'))).toEqual({ sent: 3, answered: 3, different: 1 });
    expect(sumUpCopies(all, run('x3'))).toEqual({ sent: 3, answered: 3, different: 1 });
  });

  test('when they differ, or some are missing, then both are counted', () => {
    expect(sumUpCopies([run('x1', 'a'), run('x2', 'b'), run('x3')], run('x1'))).toEqual({
      sent: 3,
      answered: 2,
      different: 2,
    });
  });

  test('when a push was sent once, then there is nothing to sum up', () => {
    expect(sumUpCopies([run('x1', 'a')], run('x1'))).toBeUndefined();
  });
});

describe('given the filter of the pushes', () => {
  const push: Push = {
    id: 'x7',
    kind: 'event.CLICK',
    plainBody: '<xml><EventKey>V1001</EventKey></xml>',
    verdict: { outcome: 'silent' },
  };

  test.each([
    [{ text: '', outcome: '' }, true],
    [{ text: ' v1001 ', outcome: '' }, true],
    [{ text: '点击', outcome: 'silent' }, true],
    [{ text: 'X7', outcome: '' }, true],
    [{ text: '', outcome: 'reply' }, false],
    [{ text: 'scan', outcome: '' }, false],
  ])('when it is %j, then it fits: %s', (filter, fits) => {
    expect(fitsFilter(push, filter, '点击菜单')).toBe(fits);
  });
});
