import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { eventually } from '../support/time/eventually.js';
import { createTestApp, USER_TEXT, type TestApp } from '../support/app/test-app.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

const plaintext = { mode: 'plaintext' } as const;

async function metricsOf(authorization?: string): Promise<{ status: number; text: string }> {
  const asking = request(app.app.admin).get('/metrics');
  return authorization === undefined ? asking : asking.set('Authorization', authorization);
}

/** The samples of a metric, labels included. */
const samples = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe('given the metrics of a server', () => {
  test('when pushes are answered, refused and repeated, then each is counted once, under its outcome', async () => {
    app = await createTestApp({
      handlers: { echo: { on: 'message.text', handle: (ctx) => ctx.reply.text('heard') } },
    });
    const push = wire(textXml(), plaintext);
    await post(app.http, push);
    await post(app.http, push);
    await post(app.http, { ...wire(textXml(), plaintext), query: {} });
    const { text } = await metricsOf();
    expect(samples(text, 'wechat_pushes_total')).toEqual([
      'wechat_pushes_total{account="default",kind="message.text",outcome="replied"} 1',
      'wechat_pushes_total{account="default",kind="message.text",outcome="remembered"} 1',
    ]);
    expect(samples(text, 'wechat_push_refusals_total')).toEqual([
      'wechat_push_refusals_total{account="default",reason="signature_missing"} 1',
    ]);
    expect(samples(text, 'wechat_handler_duration_seconds_count')).toEqual([
      'wechat_handler_duration_seconds_count{handler="echo",result="ok"} 1',
    ]);
    expect(samples(text, 'wechat_dead_letters')).toEqual(['wechat_dead_letters 0']);
    expect(samples(text, 'wechat_storage_degraded')).toEqual(['wechat_storage_degraded 0']);
    expect(text).not.toContain(USER_TEXT);
  });

  test('when an answer goes out late, then queue, delivery, token and API calls are counted', async () => {
    app = await createTestApp({
      handlers: {
        slow: {
          on: 'message.text',
          handle: (ctx) => ctx.defer('later'),
          later: (ctx) => ctx.reply.text('here it is'),
        },
      },
    });
    await post(app.http, wire(textXml(), plaintext));
    await eventually(async () =>
      expect(samples((await metricsOf()).text, 'wechat_deliveries_total')).toEqual([
        'wechat_deliveries_total{account="default",channel="customer-service",result="delivered"} 1',
      ]),
    );
    const { text } = await metricsOf();
    expect(samples(text, 'wechat_api_requests_total')).toContain(
      'wechat_api_requests_total{account="default",api="/cgi-bin/message/custom/send",result="ok"} 1',
    );
    expect(samples(text, 'wechat_token_refreshes_total')).toEqual([
      'wechat_token_refreshes_total{account="default",result="ok"} 1',
    ]);
    expect(samples(text, 'wechat_late_jobs')).toHaveLength(4);
  });

  test('when there are keys, then the metrics key opens the metrics and nothing else', async () => {
    app = await createTestApp({ settings: { ADMIN_KEY: 'the-admin-key', METRICS_KEY: 'the-metrics-key' } });
    expect((await metricsOf()).status).toBe(401);
    expect((await metricsOf('Bearer the-metrics-key')).status).toBe(200);
    expect((await metricsOf('Bearer the-admin-key')).status).toBe(200);
    const status = request(app.app.admin).get('/status').set('Authorization', 'Bearer the-metrics-key');
    expect((await status).status).toBe(401);
  });

  test('when copies of a push wait for one run, then each attempt is counted, one under the outcome of the run', async () => {
    let finish: (() => void) | undefined;
    app = await createTestApp({
      handlers: {
        slow: {
          on: 'message.text',
          handle: (ctx) =>
            new Promise((resolve) => {
              finish = () => resolve(ctx.reply.text('heard'));
            }),
        },
      },
    });
    const push = wire(textXml(), plaintext);
    const copies = [post(app.http, push), post(app.http, push), post(app.http, push)];
    const joined = () => app.lines.filter(({ message }) => message.startsWith('attempt joined'));
    for (const copy of copies) void copy.then(() => undefined);
    await eventually(() => expect(joined()).toHaveLength(2));
    finish?.();
    await Promise.all(copies);
    const { text } = await metricsOf();
    expect(samples(text, 'wechat_pushes_total')).toEqual([
      'wechat_pushes_total{account="default",kind="message.text",outcome="replied"} 1',
      'wechat_pushes_total{account="default",kind="message.text",outcome="joined"} 2',
    ]);
    expect(text).toContain('wechat_push_duration_seconds_count{account="default",outcome="joined"} 2');
  });

  test('when a push comes again while its late answer is made, then it counts as remembered, and its answer as unheard', async () => {
    let isRunning = false;
    app = await createTestApp({
      handlers: {
        slow: {
          on: 'message.text',
          handle() {
            isRunning = true;
            return new Promise(() => {});
          },
        },
      },
    });
    const unheard: string[] = [];
    app.app.onEvent((event) => {
      if (event.type === 'answer.unheard') unheard.push(event.pushId);
    });
    const push = wire(textXml(), plaintext);
    const first = post(app.http, push).then(({ text: body }) => body);
    await eventually(() => expect(isRunning).toBe(true));
    await app.clock.advance(3_400);
    await app.jobsPut(1);
    await app.clock.advance(1_100);
    expect(await first).toBe('success');
    await post(app.http, push);
    const { text } = await metricsOf();
    expect(samples(text, 'wechat_pushes_total')).toEqual([
      'wechat_pushes_total{account="default",kind="message.text",outcome="adopted"} 1',
      'wechat_pushes_total{account="default",kind="message.text",outcome="remembered"} 1',
    ]);
    expect(unheard).toHaveLength(1);
  });

  test('when METRICS is 0, then there are none', async () => {
    app = await createTestApp({ settings: { METRICS: '0' } });
    expect((await metricsOf()).status).toBe(404);
  });
});
