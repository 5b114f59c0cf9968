import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatItem, ConsoleForm, Exchange, PushFields } from '../../src/sandbox/types/types.js';
import { eventually } from '../support/time/eventually.js';
import { startSandboxProcess, type SandboxProcess } from '../support/processes/sandbox-process.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';

let sandbox: SandboxProcess;
let ground: ServerGround;
let server: ServerProcess;
beforeAll(async () => {
  sandbox = await startSandboxProcess('--mode', 'safe');
  const form = await sandbox.call<ConsoleForm>('GET', '/api/console-form');
  ground = await ServerGround.make(form.environment);
  server = await ground.start();
  await sandbox.call('PUT', '/api/account', { target: server.url });
}, 180_000);
afterAll(async () => {
  await ground.clear();
  await sandbox.kill();
});

async function push(follower: string, Content: string): Promise<Exchange> {
  const fields: PushFields = { Content };
  const { exchanges } = await sandbox.call<{ exchanges: Exchange[] }>('POST', '/api/push', {
    follower,
    fields,
  });
  const [exchange] = exchanges;
  if (exchange === undefined) throw new Error('no exchange');
  return exchange;
}

/** How long after the push its last try was answered. */
const tookMs = ({ atMs, tries }: Exchange): number => (tries.at(-1)?.endedAtMs ?? atMs) - atMs;

/** Returns the messages of the account to a follower. */
async function told(follower: string): Promise<readonly ChatItem[]> {
  const { items } = await sandbox.call<{ items: ChatItem[] }>('GET', `/api/chat?follower=${follower}`);
  return items.filter(({ from }) => from === 'account');
}

describe('given the built server and the sandbox command, each a process of its own, in real time', () => {
  test('when the URL is verified, then the environment from the console form fits', async () => {
    expect(await sandbox.call('POST', '/api/handshake')).toMatchObject({
      exchange: { verdict: { outcome: 'accepted' } },
    });
  });

  test('when a follower types, then the reply is there at once', async () => {
    const exchange = await push('o-text', 'hello 007');
    expect(exchange).toMatchObject({
      mode: 'safe',
      verdict: { outcome: 'reply', reply: { type: 'text', content: 'answer: hello 007' } },
    });
    expect(tookMs(exchange)).toBeLessThan(1_000);
  });

  test('when the handler takes six seconds, then "success" is said at the deadline and its message comes after six', async () => {
    const exchange = await push('o-slow', 'slow 6000');
    expect(exchange).toMatchObject({
      tries: [{ outcome: 'answered', responseBody: 'success' }],
      verdict: { outcome: 'silent' },
    });
    expect(tookMs(exchange)).toBeGreaterThan(4_400);
    expect(tookMs(exchange)).toBeLessThan(5_000);
    await eventually(async () => expect(await told('o-slow')).toHaveLength(1));
    const [message] = await told('o-slow');
    expect(message).toMatchObject({ via: 'customer-service', shown: { content: 'answer: slow 6000' } });
    expect(message?.afterMs).toBeGreaterThan(6_000);
    expect(message?.afterMs).toBeLessThan(7_500);
    expect(await ground.runs()).toContain('handle slow 6000');
  });

  test('when the handler defers, then "success" is said at once and the message comes when the work is done', async () => {
    const exchange = await push('o-defer', 'defer 1000');
    expect(exchange.verdict?.outcome).toBe('silent');
    expect(tookMs(exchange)).toBeLessThan(1_000);
    await eventually(async () => expect(await told('o-defer')).toHaveLength(1));
    const [message] = await told('o-defer');
    expect(message).toMatchObject({ via: 'customer-service', shown: { content: 'answer: defer 1000' } });
    expect(message?.afterMs).toBeGreaterThan(1_000);
  });

  test('when the server is gone, then three tries fail and the follower sees the grey sentence', async () => {
    expect(await server.stop()).toBe(0);
    const exchange = await push('o-gone', 'anybody there?');
    expect(exchange).toMatchObject({
      tries: [{}, {}, {}],
      verdict: {
        outcome: 'failure',
        cause: 'connection-refused',
        sentence: '该公众号提供的服务出现故障，请稍后再试',
      },
    });
  });

  test('when the sandbox is told to stop, then it ends in good order', async () => {
    expect(await sandbox.stop()).toBe(0);
  });
});
