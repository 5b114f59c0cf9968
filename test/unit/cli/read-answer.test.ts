import { describe, expect, test } from '@jest/globals';
import { readAnswer } from '../../../src/cli/read-answer.js';

const secrets = { appId: 'wx1', token: 't', encodingAesKey: undefined, mode: 'plaintext' } as const;

describe('given an answer that WeChat would take', () => {
  test.each(['success', '', '<xml><MsgType>text</MsgType></xml>'])(
    'when "%s" comes within five seconds, then it is good; later, it is not',
    (body) => {
      expect(readAnswer(200, body, secrets, 5_000)).toMatchObject({ good: true });
      expect(readAnswer(200, body, secrets, 5_001)).toMatchObject({
        good: false,
        explanation: expect.stringMatching(/^too late: WeChat hangs up after 5000 ms/),
      });
    },
  );
});
