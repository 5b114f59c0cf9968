import { describe, expect, test } from '@jest/globals';
import { reasonOf } from '../../../../src/adapters/redis/reason-of.js';

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe('given an error of Redis or its connection', () => {
  test.each([
    [
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' }),
      'ECONNREFUSED',
    ],
    [named('ReplyError', "OOM command not allowed when used memory > 'maxmemory'."), 'OOM'],
    [named('ReplyError', "ERR unknown command, with args beginning with: 'what the user wrote'"), 'ERR'],
    [named('MaxRetriesPerRequestError', 'Reached the max retries'), 'MaxRetriesPerRequestError'],
    [new Error('Command timed out'), 'timeout'],
    [new Error('Connection is closed.'), 'disconnected'],
    ['what?', 'unknown'],
  ])('when its reason is asked for, then it is a word and never the message (%#)', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});
