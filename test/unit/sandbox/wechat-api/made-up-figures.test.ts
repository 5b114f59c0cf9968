import { describe, expect, test } from '@jest/globals';
import {
  callbacksOf,
  messagesOf,
  newUsersOf,
  senders,
} from '../../../../src/sandbox/wechat-api/made-up-figures.js';

const days = Array.from({ length: 400 }, (_, at) => 20_000 + at);
const hours = Array.from({ length: 24 }, (_, hour) => hour);

describe('given the figures that the sandbox makes up for four hundred days', () => {
  test('when the pushes of each hour are read, then none is negative, and no more failed than came', () => {
    const wrong = days.flatMap((day) =>
      hours
        .map((hour) => callbacksOf(day, hour))
        .filter(
          (one) => Math.min(...Object.values(one)) < 0 || (one.fail_count > 0 && one.callback_count < 8),
        ),
    );
    expect(wrong).toEqual([]);
  });

  test('when users and messages are read, then no figure is negative', () => {
    const figures = days.flatMap((day) => [
      senders(day),
      ...Object.values(newUsersOf(day)),
      ...hours.map((hour) => messagesOf(day, hour)),
    ]);
    expect(Math.min(...figures)).toBeGreaterThanOrEqual(0);
  });
});
