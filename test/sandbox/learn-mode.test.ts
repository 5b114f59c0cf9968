import { afterEach, describe, expect, test } from '@jest/globals';
import { learnMode } from '../../src/cli/sandbox/learn-mode.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import type { Account } from '../../src/sandbox/types/types.js';
import { echo, startTinyServer } from './support/tiny-server.js';

let tiny: Awaited<ReturnType<typeof startTinyServer>>;
let play: Sandbox;
afterEach(async () => {
  await play.stop();
  await tiny.stop();
});

/** A sandbox before a server of this answer; what it says about the mode. */
async function begin(answer: (body: string) => string, mode?: Account['mode']): Promise<string[]> {
  tiny = await startTinyServer('secretToken', answer);
  play = createSandbox({
    port: 0,
    account: { token: 'secretToken', target: tiny.url, mode: mode ?? 'compatible' },
  });
  await play.start();
  const said: string[] = [];
  learnMode(play, mode, ({ en }) => void said.push(en));
  return said;
}

const text = { kind: 'message.text', fields: { Content: '007' } };

describe('given a sandbox without a mode', () => {
  test('when the first reply is in plaintext, then it pushes in plaintext mode from then on, and says so once', async () => {
    const said = await begin(echo);
    await play.push(text);
    await play.push(text);
    expect(play.state.account().mode).toBe('plaintext');
    expect(said).toEqual([expect.stringContaining('replies in plaintext mode')]);
  });

  test('when the first reply is sealed, then it pushes in safe mode', async () => {
    await begin(() => '<xml><Encrypt><![CDATA[x]]></Encrypt></xml>');
    await play.push(text);
    expect(play.state.account().mode).toBe('safe');
  });

  test('when nothing is replied, then it goes on in compatible mode', async () => {
    const said = await begin(() => 'success');
    await play.push(text);
    expect([play.state.account().mode, said]).toEqual(['compatible', []]);
  });
});

describe('given a sandbox with a mode', () => {
  test('when the reply is in another one, then that is said, and the mode stays', async () => {
    const said = await begin(() => '<xml><Encrypt><![CDATA[x]]></Encrypt></xml>', 'plaintext');
    await play.push(text);
    expect(play.state.account().mode).toBe('plaintext');
    expect(said).toEqual([expect.stringContaining('use --mode safe')]);
  });
});
