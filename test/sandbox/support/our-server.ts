import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../../src/adapters/file/file-adapters.js';
import { createHttpClient } from '../../../src/adapters/http/http-client.js';
import { createApp } from '../../../src/app.js';
import { readConfig } from '../../../src/config/config.js';
import { namedHandlers, type HandlersByName } from '../../../src/embed.js';
import { listen } from '../../../src/http/listen.js';
import { defineHandler, type Handler } from '../../../src/index.js';
import type { Clock } from '../../../src/ports/clock.js';
import type { HttpClient } from '../../../src/ports/http-client.js';
import type { PublicDownload } from '../../../src/ports/public-download.js';
import { consoleForm } from '../../../src/sandbox/http-api/console-form.js';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { captureLog } from '../../support/app/handler-runtime.js';
import { permissionKnown } from '../../support/app/permission-known.js';

const after = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.schedule(ms, resolve);
  });

/** One behaviour for each word that the scenarios type. */
function handlersOf(clock: Clock): Record<string, Handler> {
  let threw = 0;
  return {
    echo: defineHandler({ on: 'message.text', handle: ({ push, reply }) => reply.text(push.content) }),
    slow: defineHandler({
      on: 'message.text',
      when: ({ content }) => /^slow (\d+)$/.exec(content)?.[1],
      async handle(ctx) {
        await after(clock, Number(ctx.found));
        return ctx.reply.text(`after ${ctx.found}`);
      },
    }),
    later: defineHandler({
      on: 'message.text',
      when: ({ content }) => /^later (.+)$/.exec(content)?.[1],
      handle: (ctx) => ctx.defer({ word: ctx.found }),
      later: (ctx, { word }) => ctx.reply.text(`later ${word}`),
    }),
    flaky: defineHandler({
      on: 'message.text',
      when: ({ content }) => /^flaky$/.exec(content)?.[0],
      handle: (ctx) => ctx.defer({}),
      later(ctx) {
        threw += 1;
        if (threw < 3) throw new Error('not yet');
        return ctx.reply.text(`at attempt ${ctx.attempt}`);
      },
    }),
    thrower: defineHandler({
      on: 'message.text',
      when: ({ content }) => content === 'throw' || undefined,
      handle() {
        throw new Error('on purpose');
      },
    }),
    silent: defineHandler({
      on: 'message.text',
      when: ({ content }) => content === 'silent' || undefined,
      handle: () => undefined,
    }),
    hang: defineHandler({
      on: 'message.text',
      when: ({ content }) => content === 'hang' || undefined,
      handle: () => new Promise<undefined>(() => {}),
    }),
    sends: defineHandler({
      on: 'message.text',
      when: ({ content }) => content === 'twice' || undefined,
      async handle(ctx) {
        await ctx.send(ctx.reply.text('first'));
        return ctx.reply.text('second');
      },
    }),
    staff: defineHandler({
      on: 'message.text',
      when: ({ content }) => content === 'staff' || undefined,
      handle: ({ reply }) => reply.toStaff(),
    }),
    picture: defineHandler({
      on: 'message.image',
      handle: ({ push, reply }) => reply.image(push.mediaId ?? ''),
    }),
    place: defineHandler({
      on: 'message.location',
      handle: ({ push, reply }) => reply.text(`at ${push.label}`),
    }),
    welcome: defineHandler({ on: 'event.subscribe', handle: ({ reply }) => reply.text('welcome') }),
    scan: defineHandler({ on: 'event.scan', handle: ({ push, reply }) => reply.text(`scene ${push.scene}`) }),
    click: defineHandler({ on: 'event.click', handle: ({ push, reply }) => reply.text(`key ${push.key}`) }),
  };
}

export interface OurServerOptions {
  /** Instead of those for the words of the scenarios. */
  readonly handlers?: HandlersByName;
  readonly httpClient?: HttpClient;
  readonly download?: PublicDownload;
  /** False: pushes may come before WeChat said whether the account may send. */
  readonly awaitPermission?: boolean;
}

/** Our own server, whole, pointed at a sandbox and moved by its clock. */
export async function startOurServer(
  sandbox: Sandbox,
  clock: Clock,
  settings: Readonly<Record<string, string>> = {},
  {
    handlers = handlersOf(clock),
    httpClient = createHttpClient(),
    download,
    awaitPermission = true,
  }: OurServerOptions = {},
) {
  const dir = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const log = captureLog();
  const { environment } = consoleForm(sandbox.state.account(), sandbox.accessPoints());
  const config = readConfig({ ...environment, DATA_DIR: dir, ADMIN_PORT: '0', ...settings });
  const files = await openFileAdapters({ dir, clock, log });
  const app = await createApp(config, {
    log,
    clock,
    handlers: namedHandlers(handlers),
    httpClient,
    storage: { ...files, degraded: () => false },
    ...(download !== undefined && { download }),
  });
  await app.open();
  if (awaitPermission) await permissionKnown(app);
  const port = await listen(app.http, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  sandbox.state.changeAccount({ target: `http://127.0.0.1:${port}/wechat` });
  return {
    log,
    async stop() {
      await app.stop();
      await files.close();
      await rm(dir, { recursive: true });
    },
  };
}
