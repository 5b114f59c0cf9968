import { context } from '@opentelemetry/api';
import type { LoadedHandlers } from '../handler-runtime/registry.js';
import type { Receiver } from '../pipeline/receive.js';
import type { DeferredQueue } from '../ports/deferred-queue.js';
import type { HttpClient } from '../ports/http-client.js';
import { hasTracerProvider } from './spans.js';
import { traceHandlers } from './trace-handlers.js';
import { traceHttp } from './trace-http.js';
import { traceQueue } from './trace-queue.js';
import { traceReceiver } from './trace-receiver.js';

/**
 * Wraps the traced parts of the server. The trace of a push:
 *
 * | span | around | attributes |
 * | --- | --- | --- |
 * | `push` | an attempt of WeChat's, until its answer is known | `wechat.account`, `http.response.status_code` |
 * | `handler` | `handle` or `later`, until it returns | `wechat.handler`, `wechat.kind`, `wechat.push_id` |
 * | `enqueue` | the write of a job, which carries the `traceparent` | `wechat.push_id` |
 * | `deliver` | the processing of a job by a worker, in any process | `wechat.push_id`, `wechat.result` |
 * | `wechat.api`, `token.refresh` | one exchange with an access point | `url.path`, `server.address`, `http.response.status_code` |
 */
export interface Tracing {
  receiver(receiver: Receiver, account: string): Receiver;
  handlers(handlers: LoadedHandlers): LoadedHandlers;
  queue(queue: DeferredQueue): DeferredQueue;
  http(client: HttpClient): HttpClient;
  /** Binds the current trace to a function that a shared timer calls. */
  readonly bind: (run: () => void) => () => void;
}

/** Returns `undefined` if no OpenTelemetry SDK is registered: then nothing is wrapped, and tracing costs nothing. */
export function openTracing(): Tracing | undefined {
  if (!hasTracerProvider()) return undefined;
  return {
    receiver: traceReceiver,
    handlers: traceHandlers,
    queue: traceQueue,
    http: traceHttp,
    bind: (run) => context.bind(context.active(), run),
  };
}
