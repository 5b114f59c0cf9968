import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { packageVersion } from '../package-version.js';

const tracer = () => trace.getTracer('wechat-callback-server', packageVersion());

/** True if an OpenTelemetry SDK is registered. Without one nothing is traced or wrapped. */
export const hasTracerProvider = (): boolean => {
  const span = tracer().startSpan('probe', { root: true });
  return isSpanContextValid(span.spanContext());
};

/** Kind of a span: incoming request, outgoing request, producer or consumer of a queue, or internal work. */
export type SpanRole = Lowercase<keyof typeof SpanKind>;

/**
 * Runs `work` in a span that ends with it. An error sets only its name on the span, because its message may hold user
 * text.
 *
 * @param parent  default: the active span
 */
export function within<T>(
  name: string,
  { role, attributes }: { readonly role: SpanRole; readonly attributes?: Attributes },
  work: (span: Span) => T,
  parent: Context = context.active(),
): T {
  const span = tracer().startSpan(name, { kind: KINDS[role], attributes: attributes ?? {} }, parent);
  return context.with(trace.setSpan(parent, span), () => {
    let result: T;
    try {
      result = work(span);
    } catch (error) {
      endWithError(span, error);
      throw error;
    }
    if (!(result instanceof Promise)) span.end();
    else
      result.then(
        () => span.end(),
        (error: unknown) => endWithError(span, error),
      );
    return result;
  });
}

/** Returns the active span as a W3C `traceparent`. */
export function traceparent(): string | undefined {
  const current = trace.getSpanContext(context.active());
  if (current === undefined || !isSpanContextValid(current)) return undefined;
  const flags = current.traceFlags.toString(16).padStart(2, '0');
  return `00-${current.traceId}-${current.spanId}-${flags}`;
}

/** Returns the context of a span of another process. An unreadable `traceparent` begins a new trace. */
export function contextOf(parent: string | undefined): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}

/** Source: W3C Trace Context, version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const KINDS: { readonly [role in SpanRole]: SpanKind } = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

function endWithError(span: Span, error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', name);
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
