import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServerEvent } from '../../src/ports/events.js';
import { eventually } from '../support/time/eventually.js';
import { createTestApp, USER_TEXT, type TestApp, type TestAppOptions } from '../support/app/test-app.js';
import { post, rawPush, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

async function listening(options: TestAppOptions): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  app = await createTestApp(options);
  app.app.onEvent((event) => events.push(event));
  return events;
}

const plaintext = { mode: 'plaintext' } as const;

describe('given somebody who listens to the events of a server', () => {
  test('when a push is answered, then they hear of its handler and of its answer, and no text', async () => {
    const events = await listening({
      handlers: { echo: { on: 'message.text', handle: (ctx) => ctx.reply.text('heard') } },
    });
    await post(app.http, wire(textXml(), plaintext));
    expect(events).toMatchObject([
      { type: 'handler.ended', account: 'default', handler: 'echo', result: 'ok' },
      {
        type: 'push.answered',
        account: 'default',
        kind: 'message.text',
        outcome: 'replied',
        handler: 'echo',
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(USER_TEXT);
  });

  test('when WeChat makes another attempt after the answer, then an event says that the first answer did not arrive', async () => {
    const events = await listening({});
    const push = wire(textXml(), plaintext);
    await post(app.http, push);
    await post(app.http, push);
    expect(events.map((event) => ('outcome' in event ? event.outcome : event.type))).toEqual([
      'silent',
      'remembered',
      'answer.unheard',
    ]);
  });

  test('when a request is refused, then they hear why, and whether it bore a signature', async () => {
    const events = await listening({});
    await post(app.http, { ...wire(textXml(), plaintext), query: {} });
    expect(events).toMatchObject([
      { type: 'request.refused', account: 'default', reason: 'signature_missing', signed: false },
    ]);
  });

  test('when a handler throws, then they hear the name of its error, not its message', async () => {
    const events = await listening({
      handlers: {
        bad: {
          on: 'message.text',
          handle() {
            throw new RangeError(USER_TEXT);
          },
        },
      },
    });
    await post(app.http, wire(textXml(), plaintext));
    expect(events).toMatchObject([
      { type: 'handler.ended', handler: 'bad', result: 'threw', error: 'RangeError' },
      { type: 'push.answered', outcome: 'threw' },
    ]);
    expect(JSON.stringify(events)).not.toContain(USER_TEXT);
  });

  test('when an answer comes late, then they hear of the token, of the call and of the delivery', async () => {
    const events = await listening({
      settings: { LATE_REPLY: 'customer-service' },
      handlers: {
        slow: {
          on: 'message.text',
          handle: (ctx) => ctx.defer('later'),
          later: (ctx) => ctx.reply.text('here it is'),
        },
      },
    });
    await post(app.http, wire(textXml(), plaintext));
    await eventually(() => expect(events.map(({ type }) => type)).toContain('delivery.ended'));
    const known = events.filter(({ type }) => type !== 'access-point.asked');
    expect(known.map((event) => [event.type, 'result' in event ? event.result : undefined])).toEqual([
      ['handler.ended', 'ok'],
      ['push.answered', undefined],
      ['handler.ended', 'ok'],
      ['token.refreshed', 'ok'],
      ['api.called', 'ok'],
      ['delivery.ended', 'delivered'],
    ]);
  });

  test('when one of them throws, then the push is answered all the same', async () => {
    await listening({});
    app.app.onEvent(() => {
      throw new Error('a listener of the tests');
    });
    const response = await post(app.http, wire(textXml(), plaintext));
    expect([response.status, response.text]).toEqual([200, 'success']);
  });

  test('when WeChat hangs up before the answer, then they hear of a timeout, as WeChat counts it', async () => {
    let answerNow = (): void => undefined;
    const events = await listening({
      handlers: {
        slow: {
          on: 'message.text',
          handle: (ctx) =>
            new Promise(
              (resolve) => (answerNow = () => resolve(ctx.reply.text('too late for this attempt'))),
            ),
        },
      },
    });
    const hungUp = new Promise((resolve) => {
      app.http.once('connection', (accepted: Socket) => accepted.once('end', resolve));
    });
    const socket = connect(app.port, '127.0.0.1');
    socket.write(rawPush(wire(textXml(), plaintext)));
    await eventually(() => expect(String(answerNow)).toContain('too late'));
    await app.clock.advance(3_000);
    socket.destroy();
    await hungUp;
    answerNow();
    await eventually(() => expect(events.map(({ type }) => type)).toContain('attempt.failed'));
  });
});
