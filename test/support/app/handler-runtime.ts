import type { LoadedHandler, LoadedObserver } from '../../../src/handler-runtime/registry.js';
import { memorySession } from '../../../src/handler-runtime/memory-session.js';
import type { RunServices } from '../../../src/handler-runtime/run-handler.js';
import { fakeApi } from '../../../src/handler-runtime/fake-api.js';
import type {
  CustomerServiceMessage,
  HandleContext,
  Handler,
  Json,
  LateContext,
  Logger,
  Observer,
} from '../../../src/index.js';

/** A handler as plain JavaScript may hold it: returning anything. */
export interface LooseHandler extends Omit<Handler, 'handle' | 'later'> {
  handle(ctx: HandleContext): unknown;
  later?(ctx: LateContext, task: Json): unknown;
}

/** A module that is no handler by type, as a folder may hold it. */
export const untyped = (module: LooseHandler): Handler =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the point of it
  module as Handler;

/** Casts a value to any type. */
export const anything = (value: unknown): never =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the point of it
  value as never;

/** A handler in the form of the loader. */
export const loaded = (name: string, module: Handler): LoadedHandler => ({
  name,
  file: `/handlers/${name}.ts`,
  on: [module.on].flat(),
  module,
});

export const loadedObserver = (name: string, module: Observer): LoadedObserver => ({
  name,
  file: `/handlers/${name}.ts`,
  on: [module.on].flat(),
  module,
});

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: { readonly [name: string]: unknown };
  readonly message: string;
}

/** A logger that keeps its lines, bound fields included. */
export function captureLog(
  lines: LogLine[] = [],
  bound: object = {},
): Logger & { readonly lines: LogLine[] } {
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...bound, ...fields }, message });
  };
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => captureLog(lines, { ...bound, ...fields }),
  };
}

/** Services for a run that record what it sends and logs. */
export function testServices(overrides: Partial<RunServices> = {}) {
  const sent: CustomerServiceMessage[] = [];
  const log = captureLog();
  const { signal } = new AbortController();
  const services: RunServices = {
    account: 'default',
    log,
    signal,
    attempt: 1,
    deadline: { at: new Date(4_500), remainingMs: () => 4_500, signal },
    send: (message) => Promise.resolve(void sent.push(message)),
    upload: (kind) => Promise.resolve(`uploaded-${kind}`),
    window: () => Promise.resolve({ left: 5, untilMs: 4_500 }),
    session: memorySession(),
    askBackend: () => Promise.resolve(undefined),
    signChoice: (handler, id) => `${handler}-${id}`,
    api: fakeApi({ call: () => Promise.resolve({}) }),
    ...overrides,
  };
  return { services, sent, lines: log.lines };
}
