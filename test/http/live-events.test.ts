import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { createLiveEvents, type LiveEvents, type LivePart } from '../../src/http/live-events.js';
import { listen } from '../../src/http/listen.js';
import { StoreUnavailable } from '../../src/ports/state-store.js';
import { eventually } from '../support/time/eventually.js';
import { openEventStream, type EventStream } from '../support/app/event-stream.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { createTestApp, FIXTURE_SETTINGS, USER_TEXT } from '../support/app/test-app.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serve(
  parts: readonly LivePart[],
): Promise<{ url: string; live: LiveEvents; clock: ManualClock }> {
  const clock = new ManualClock();
  const live = createLiveEvents(parts, clock);
  const server: Server = createServer((request, response) => live.stream(request, response));
  const port = await listen(server, { host: '127.0.0.1', port: 0, portName: 'ADMIN_PORT' });
  ending.push(
    () => server.close(),
    () => live.close(),
  );
  return { url: `http://127.0.0.1:${port}/`, live, clock };
}
async function view(url: string): Promise<EventStream> {
  const stream = await openEventStream(url);
  ending.push(() => stream.close());
  return stream;
}
const named = ({ events }: EventStream, name: string) =>
  events.filter(([one]) => one === name).map(([, data]) => data);

describe('given viewers of the operator’s page', () => {
  test('when a part stays as it is, then it is sent once; when it changes, then anew', async () => {
    let value = 1;
    const part = { name: 'part', everyMs: 2_000, read: () => Promise.resolve(value) };
    const { url, clock } = await serve([part]);
    const first = await view(url);
    await first.next('part');
    await clock.advance(10_000);
    value = 2;
    await clock.advance(2_000);
    await first.next('part', (data) => data === 2);
    expect(named(first, 'part')).toEqual([1, 2]);
    const second = await view(url);
    await second.next('part');
    expect(named(second, 'part')).toEqual([2]);
  });

  test('when nobody watches, then nothing is looked up', async () => {
    let reads = 0;
    const part = { name: 'part', everyMs: 1_000, read: () => Promise.resolve((reads += 1)) };
    const { url, clock } = await serve([part]);
    await clock.advance(60_000);
    expect(reads).toBe(0);
    const viewer = await view(url);
    await viewer.next('part');
    viewer.close();
    await eventually(async () => {
      await clock.advance(1_000);
      expect(clock.pending).toBe(0);
    });
  });

  test('when a part cannot be read, then it is null and the others go on', async () => {
    const away = { name: 'away', everyMs: 1_000, read: () => Promise.reject(new StoreUnavailable('away')) };
    const { url } = await serve([away, { name: 'part', everyMs: 1_000, read: () => Promise.resolve(1) }]);
    const viewer = await view(url);
    expect([await viewer.next('away'), await viewer.next('part')]).toEqual([null, 1]);
  });

  test('when a part was touched, then it is read with the next tick', async () => {
    let value = 1;
    const { url, live, clock } = await serve([
      { name: 'part', everyMs: 60_000, read: () => Promise.resolve(value) },
    ]);
    const viewer = await view(url);
    await viewer.next('part');
    value = 2;
    live.touch('part');
    await clock.advance(1_000);
    await viewer.next('part', (data) => data === 2);
  });

  test('when more than 32 watch, then the next is told to come later; at the end all streams end', async () => {
    const { url, live } = await serve([]);
    const viewers = await Promise.all(Array.from({ length: 32 }, () => view(url)));
    expect((await view(url)).status).toBe(503);
    live.close();
    await Promise.all(viewers.map(({ ended }) => ended));
  });
});

describe('given a whole server', () => {
  test('when pushes come, then its events tell of them, without a text, an OpenID or a secret', async () => {
    const app = await createTestApp({
      handlers: { echo: { on: 'message.text', handle: (ctx) => ctx.reply.text(USER_TEXT) } },
    });
    ending.push(() => app.close());
    const port = await listen(app.app.admin, { host: '127.0.0.1', port: 0, portName: 'ADMIN_PORT' });
    await post(app.http, wire(textXml({ content: USER_TEXT }), { mode: 'plaintext' }));
    const viewer = await view(`http://127.0.0.1:${port}/events`);
    expect(await viewer.next('hour')).toMatchObject({ p50Ms: expect.any(Number) });
    expect(Object(await viewer.next('hour')).minutes.at(-1)).toMatchObject({ pushes: { replied: 1 } });
    expect(await viewer.next('status')).toMatchObject({ status: 'ready', accounts: [{ name: 'default' }] });
    expect(await viewer.next('dead-letters')).toEqual({ letters: [], more: false, count: 0 });
    expect(await viewer.next('processes')).toEqual([expect.objectContaining({ role: 'all' })]);

    const all = JSON.stringify(viewer.events);
    for (const secret of [USER_TEXT, 'fingerprint', 'oUser', ...Object.values(FIXTURE_SETTINGS).slice(1)])
      expect(all).not.toContain(secret);
    await app.app.stop(); // ends the stream, and does not wait for its reader
    await viewer.ended;
  });
});
