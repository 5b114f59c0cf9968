import { expect, test } from '@jest/globals';
import { readAnswer } from '../support/proof/read-answer.js';

const WHOLE = { isWhole: true, isTwice: false, isStrange: false, isDisordered: false };

test.each([
  ['one part', 'one two three', ['one two three'], { pieces: 1, ...WHOLE }],
  ['parts that lost blanks', 'one two three', ['one two', 'three'], { pieces: 2, ...WHOLE }],
  ['nothing, where nothing was made', undefined, [], { pieces: 0, ...WHOLE }],
  ['nothing', 'one two', [], { isWhole: false, isTwice: false, isStrange: false }],
  ['half of it', 'one two', ['one'], { isWhole: false, isTwice: false, isStrange: false }],
  ['all of it twice', 'one two', ['one two', 'one two'], { isWhole: false, isTwice: true, isAnew: false }],
  ['a part twice', 'one two', ['one', 'two', 'two'], { isWhole: false, isTwice: true }],
  ['all of it after a part', 'one two', ['one', 'one two'], { isWhole: false, isTwice: true, isAnew: true }],
  ['another answer', 'one two', ['three'], { isWhole: false, isStrange: true }],
  ['parts in another order', 'one two', ['two', 'one'], { isWhole: false, isDisordered: true }],
])('when a user saw %s, then the books say so', (_what, made, seen, reading) => {
  expect(readAnswer(made, seen)).toMatchObject(reading);
});
