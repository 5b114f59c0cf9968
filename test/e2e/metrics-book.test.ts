import { afterEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import type { Account, PushRequest } from '../../src/sandbox/types/types.js';
import { consoleForm } from '../../src/sandbox/http-api/console-form.js';
import { startBalancer, type Balancer } from '../sandbox/support/balancer.js';
import { MetricSamples } from '../support/metrics/metric-samples.js';
import { numbersInBook, numbersInMetrics, timeouts } from '../support/metrics/sandbox-book.js';
import { makeServerFolder, type ServerFolder } from '../support/processes/built-server.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { eventually } from '../support/time/eventually.js';

const HANDLER = `
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
export default {
  on: ['message.text', 'event.click'],
  async handle({ push, reply, defer, api }) {
    const [how, ms] = (push.content ?? push.key).split(' ');
    if (how === 'silent') return undefined;
    if (how === 'throw') throw new Error('on purpose');
    if (how === 'defer') return defer({ how });
    if (how === 'ask') await api.users.info({ openid: push.user }).catch(() => undefined);
    if (how === 'slow') await pause(Number(ms));
    return reply.text('to ' + how);
  },
  later: ({ reply }) => reply.text('at last'),
};
`;

const SEND = '/cgi-bin/message/custom/send';

let redis: RedisServer | undefined;
let sandbox: Sandbox;
let folder: ServerFolder;
let balancer: Balancer;
let admins: readonly string[];

/** So many built servers behind one address that the sandbox pushes to; several share a Redis. */
async function start(
  servers: 1 | 2,
  account: Partial<Account> = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  sandbox = createSandbox({ port: 0, accessPoints: 'ports', account });
  await sandbox.start();
  folder = await makeServerFolder({ 'answer.mjs': HANDLER });
  redis = servers === 1 ? undefined : await RedisServer.start({ fsync: 'no' });
  const { environment } = consoleForm(sandbox.state.account(), sandbox.accessPoints());
  const started = Array.from({ length: servers }, (_, index) =>
    folder.start({
      ...environment,
      LATE_REPLY: 'customer-service',
      DATA_DIR: join(folder.dir, `data-${index}`),
      ...(redis !== undefined && { REDIS_URL: redis.url }),
      ...settings,
    }),
  );
  const ports = await Promise.all(started.map((server) => server.ready()));
  admins = ports.map(({ adminPort }) => `http://127.0.0.1:${adminPort}`);
  balancer = await startBalancer(ports.map(({ port }) => `http://127.0.0.1:${port}/wechat`));
  sandbox.state.changeAccount({ target: balancer.url });
}

afterEach(async () => {
  await balancer.stop();
  await folder.remove();
  await sandbox.stop();
  await redis?.stop();
});

async function metrics(): Promise<MetricSamples> {
  return new MetricSamples(
    await Promise.all(
      admins.map(async (admin) => {
        const response = await fetch(`${admin}/metrics`, { signal: AbortSignal.timeout(10_000) });
        return response.text();
      }),
    ),
  );
}

let typed = 0;
const text = (content: string, more: Partial<PushRequest> = {}): Promise<unknown> =>
  sandbox.push({ follower: `oBook${(typed += 1)}`, fields: { Content: content }, ...more });
const times = (count: number, push: () => Promise<unknown>): Promise<unknown>[] =>
  Array.from({ length: count }, push);

/** Label of an access point: where its calls go. */
const pointOf = (label: string): string =>
  sandbox.accessPoints().find(({ url }) => new URL(url).host === label)?.name ?? label;

async function expectEqualBooks(): Promise<void> {
  await eventually(async () =>
    expect(numbersInMetrics(await metrics(), pointOf)).toEqual(numbersInBook(sandbox)),
  );
}

const lateMessages = () => sandbox.state.chat.list().filter(({ via }) => via === 'customer-service').length;

/** Replies, silence, late answers, refusals, lost answers, copies, refused calls, a new token, dead letters. */
async function playEverything(): Promise<void> {
  const { faults, tokens, pusher } = sandbox.state;
  await pusher.handshake().done;
  // Answers that get lost are those of the first pushes: WeChat retries after five seconds.
  balancer.lose(2, 'silently');
  const lost = times(2, () => text('lost'));
  await eventually(() => expect(balancer.said).toHaveLength(3));
  await Promise.all([
    ...lost,
    ...times(6, () => text('hello')),
    ...times(3, () => text('silent')),
    ...times(2, () => text('throw')),
    ...times(3, () => text('slow 6000')),
    ...times(2, () => text('defer')),
    ...times(2, () => text('', { kind: 'event.CLICK', fields: { EventKey: 'tapped' } })),
    text('slow 1500', { copies: 4 }),
    text('hello', { hostile: 'bad-signature' }),
    text('hello', { hostile: 'no-signature' }),
    text('hello', { hostile: 'old-timestamp' }),
    text('hello', { hostile: 'other-account' }),
  ]);
  await eventually(() => expect(lateMessages()).toBe(5));

  // WeChat refuses: a user that is none, a busy moment, a token that another program ended, a punished account.
  faults.add({ kind: 'errcode', errcode: 40_003, path: '/cgi-bin/user/info', calls: 1 });
  await text('ask');
  await text('ask');
  faults.add({ kind: 'errcode', errcode: -1, path: SEND, calls: 1 });
  await text('defer');
  await eventually(() => expect(lateMessages()).toBe(6));
  tokens.invalidate(undefined);
  await text('defer');
  await eventually(() => expect(lateMessages()).toBe(7));
  faults.add({ kind: 'errcode', errcode: 48_004, path: SEND, calls: 1 });
  await text('defer');
}

describe.each([1, 2] as const)('given the sandbox and %p of our servers, built', (servers) => {
  test('when everything that can happen to a push has happened, then the metrics are the sandbox’s book, number for number', async () => {
    await start(servers, { mode: 'safe' });
    await playEverything();
    await eventually(async () => {
      const figures = await metrics();
      expect(figures.by('reason', 'wechat_dead_letters_total')).toEqual({ permission: 1 });
      // What is shared is the same from each.
      expect(figures.each('wechat_dead_letters')).toEqual(admins.map(() => 1));
      expect(figures.each('wechat_late_jobs', { state: 'waiting' })).toEqual(admins.map(() => 0));
    });
    await expectEqualBooks();
    const figures = await metrics();
    expect(figures.by('reason', 'wechat_push_refusals_total')).toEqual({
      signature_mismatch: 1,
      signature_missing: 1,
      timestamp_stale: 1,
      foreign_account: 1,
    });
    expect(figures.by('outcome', 'wechat_pushes_total')).toMatchObject({ threw: 2, adopted: 3, deferred: 5 });
    expect(figures.by('result', 'wechat_deliveries_total')).toEqual({ delivered: 7, dead: 1 });
    // Nobody is left out: every server took its part.
    for (const admin of admins)
      expect(
        new MetricSamples([await (await fetch(`${admin}/metrics`)).text()]).sum('wechat_pushes_total'),
      ).toBeGreaterThan(0);
  }, 180_000);

  test('when the account may send nothing, then held attempts are what WeChat counts as timeouts, and answers kept and fetched are counted', async () => {
    await start(servers, { kind: 'subscription-unverified' }, { LATE_REPLY: 'passive-only' });
    const follower = 'oKept';
    await Promise.all([text('slow 7000'), text('hello'), text('slow 17000', { follower })]);
    await eventually(async () =>
      expect((await metrics()).by('result', 'wechat_deliveries_total')).toEqual({ kept: 1 }),
    );
    await text('hello', { follower });
    await eventually(async () =>
      expect((await metrics()).by('result', 'wechat_deliveries_total')).toEqual({ kept: 1, delivered: 1 }),
    );
    const figures = await metrics();
    const held = timeouts(sandbox);
    expect(held).toBeGreaterThanOrEqual(3);
    expect(figures.sum('wechat_pushes_total', { outcome: 'held' })).toBe(held);
    expect(figures.sum('wechat_platform_failures', { sort: 'timeout' })).toBe(held);
    expect(sandbox.state.pushSuspension.view().failures).toBe(held);
    const attempts = sandbox.state.exchanges.list().flatMap(({ tries }) => tries).length;
    expect(figures.sum('wechat_pushes_total')).toBe(attempts);
    expect(figures.sum('wechat_push_duration_seconds_count')).toBe(attempts);
  }, 180_000);
});
