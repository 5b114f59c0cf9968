import http from 'node:http';
import https from 'node:https';
import type { SandboxClock } from '../clock.js';
import type { Stage, Attempt } from '../types/types.js';
import type { SignedRequest } from './sign-request.js';

/** Limit of a response body; more is cut off. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Makes one attempt: one connection, one request, at most one response. Never rejects.
 *
 * `changed` is called at every stage (connected, first byte, end), for the live view of the page.
 */
export function sendAttempt(
  number: number,
  request: SignedRequest,
  options: { readonly clock: SandboxClock; readonly timeoutMs: number; changed(state: Attempt): void },
): Promise<Attempt> {
  const { clock, timeoutMs } = options;
  let state: Attempt = {
    number,
    startedAtMs: clock.now(),
    outcome: 'running',
    method: request.method,
    url: request.url,
    requestHeaders: request.headers,
    requestBody: request.body,
    signatures: request.signatures,
    curl: request.curl,
  };
  const change = (more: Partial<Attempt>): void => {
    state = { ...state, ...more };
    options.changed(state);
  };
  options.changed(state);

  return new Promise((resolve) => {
    const end = (more: Partial<Attempt>): void => {
      if (state.outcome !== 'running') return;
      cancelTimer();
      change({ ...more, endedAtMs: clock.now() });
      resolve(state);
    };
    const cancelTimer = clock.schedule(timeoutMs, () => {
      end({ outcome: 'timeout' });
      outgoing?.destroy();
    });
    const fail = (error: Error): void => end({ outcome: 'connection-error', error: codeOf(error) });

    let outgoing: http.ClientRequest | undefined;
    try {
      outgoing = open(request);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => state.outcome === 'running' && change({ connectedAtMs: clock.now() }));
    });
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      if (state.outcome !== 'running') return;
      change({
        firstByteAtMs: clock.now(),
        status: incoming.statusCode ?? 0,
        responseHeaders: headersOf(incoming),
        ...stagesOf(incoming.headers['server-timing']),
      });
      readBody(incoming).then(
        (responseBody) => end({ outcome: 'answered', responseBody }),
        (error: unknown) => fail(error instanceof Error ? error : new Error(String(error))),
      );
    });
    outgoing.end(request.body);
  });
}

function open({ url, method, headers, body }: SignedRequest): http.ClientRequest {
  const { request } = url.startsWith('https:') ? https : http;
  // Each attempt has a connection of its own, so that a broken one does not affect the next.
  const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
  return request(url, { method, headers: { ...headers, ...length }, agent: false });
}

async function readBody(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error('answer of more than 1 MiB');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(incoming: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** Reads `Server-Timing: parse;dur=0.4, handler;dur=12;desc="weather"`. */
export function stagesOf(header: string | string[] | undefined): { stages?: readonly Stage[] } {
  if (header === undefined) return {};
  const stages = [header]
    .flat()
    .join(',')
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((entry): Stage => {
      const [name = '', ...parameters] = entry.trim().split(/\s*;\s*/);
      const of = (key: string): string | undefined =>
        parameters
          .find((parameter) => parameter.startsWith(`${key}=`))
          ?.slice(key.length + 1)
          .replace(/^"(.*)"$/, '$1');
      const durationMs = Number(of('dur'));
      const description = of('desc');
      return {
        name,
        ...(of('dur') !== undefined && Number.isFinite(durationMs) && { durationMs }),
        ...(description !== undefined && { description }),
      };
    })
    .filter(({ name }) => name !== '');
  return stages.length === 0 ? {} : { stages };
}

/** Returns the error code, such as ECONNREFUSED; of several addresses, that of the first. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? codeOf(first) : error.message;
}
