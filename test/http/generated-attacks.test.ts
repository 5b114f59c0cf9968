import { expect, test } from '@jest/globals';
import { defineHandler } from '../../src/index.js';
import { createTestApp, FIXTURE_TIME_MS } from '../support/app/test-app.js';
import { honestPush, sendGeneratedAttacks } from '../support/proof/generated-attacks.js';
import { openAnswer } from '../support/wechat/fixture-pushes.js';
import { cipherModes } from '../support/wechat/wire-push.js';

/** A million against the built server are `npm run prove -- attacks`. */
const ATTACKS = 600;

test.each(cipherModes)(
  'given a door in %s mode, when requests are damaged and forged at random, then forged ones are refused, each is answered, and honest pushes get through',
  async (mode) => {
    const echo = defineHandler({ on: 'message.text', handle: ({ push, reply }) => reply.text(push.content) });
    const app = await createTestApp({ handlers: { echo }, settings: { WECHAT_CIPHER_MODE: mode } });
    const { broken } = await sendGeneratedAttacks({
      port: app.port,
      mode,
      count: ATTACKS,
      seed: 1,
      honest: (content) => honestPush(mode, content, FIXTURE_TIME_MS),
      isAnswer: (body, content) => openAnswer('', body).includes(`[${content}]`),
    });
    expect(broken).toEqual([]);
    await app.close();
  },
);
