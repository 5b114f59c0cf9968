import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxState } from '../sandbox-state.js';
import type { ApiCall, Fault } from '../types/types.js';
import { answerCall, type Answered } from './answer.js';
import type { ApiAnswer, ApiRequest } from './endpoint.js';
import { jsonText } from './json-text.js';

/** An HTTP response. */
interface Wire {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const RECORDED_BODY = 16 * 1024;

/** Serves a call of the API over HTTP, with its simulated faults, and records it. */
export async function serveCall(
  incoming: IncomingMessage,
  response: ServerResponse,
  request: Omit<ApiRequest, 'callId'>,
  state: SandboxState,
): Promise<void> {
  const atMs = state.clock.now();
  const call = { ...request, callId: state.calls.nextId() };
  const faults = state.faults.take(request.path, request.accessPoint);
  const has = (kind: Fault['kind']): Fault | undefined => faults.find((fault) => fault.kind === kind);

  const delay = has('delay');
  if (delay !== undefined) await wait(state, delay.delayMs ?? 1_000);
  const record = (wire: Wire | undefined, { errcode, rid }: Pick<Answered, 'errcode' | 'rid'>): void => {
    const entry: ApiCall = {
      id: call.callId,
      atMs,
      durationMs: state.clock.now() - atMs,
      accessPoint: call.accessPoint,
      method: call.method,
      path: call.path,
      query: call.query,
      requestBody: shown(call.raw, call.headers['content-type'] ?? ''),
      status: wire?.status ?? 0,
      responseBody: wire === undefined ? '' : shown(wire.body, wire.headers['content-type'] ?? ''),
      errcode,
      ...(rid !== undefined && { rid }),
      faults: faults.map(({ kind }) => kind),
    };
    state.calls.put(entry);
    state.bus.emit({ event: 'call', data: entry });
  };

  const inBetween = gatewayAnswer(faults);
  if (inBetween !== undefined) {
    record(inBetween, { errcode: 0 });
    send(response, inBetween);
    return;
  }
  if (has('reset-before') !== undefined) {
    record(undefined, { errcode: 0 });
    incoming.socket.destroy();
    return;
  }
  const answered = answerCall(call, state, faults);
  const wire = wireOf(answered.answer, call.path, has('content-type')?.contentType);
  record(wire, answered);
  if (has('reset-after') !== undefined) incoming.socket.destroy();
  else if (has('half-answer') !== undefined) sendHalf(response, wire);
  else send(response, wire);
}

/** Response of a simulated gateway in front of the API; the call has no effect. */
function gatewayAnswer(faults: readonly Fault[]): Wire | undefined {
  for (const fault of faults) {
    if (fault.kind === 'http-status')
      return { status: fault.status ?? 502, headers: {}, body: Buffer.alloc(0) };
    if (fault.kind === 'html') {
      const body = Buffer.from('<html><head><title>502 Bad Gateway</title></head><body></body></html>');
      return { status: 200, headers: { 'content-type': 'text/html' }, body };
    }
  }
  return undefined;
}

function wireOf(answer: ApiAnswer, path: string, contentType: string | undefined): Wire {
  if ('json' in answer) {
    const usual = path.startsWith('/sns/') ? 'text/plain' : 'application/json; encoding=utf-8'; // sic: WeChat's spelling
    const type = contentType ?? usual;
    return { status: 200, headers: { 'content-type': type }, body: Buffer.from(jsonText(answer.json)) };
  }
  if ('file' in answer) {
    const name = answer.fileName?.replace(/[^\w.-]/g, '_');
    const disposition = name === undefined ? {} : { 'content-disposition': `attachment; filename="${name}"` };
    const type = contentType ?? answer.contentType;
    return { status: 200, headers: { 'content-type': type, ...disposition }, body: answer.file };
  }
  if ('redirect' in answer) {
    return { status: 302, headers: { location: answer.redirect }, body: Buffer.alloc(0) };
  }
  if ('html' in answer) {
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
    };
    return { status: answer.status ?? 200, headers, body: Buffer.from(answer.html) };
  }
  return { status: answer.status, headers: {}, body: Buffer.alloc(0) };
}

function send(response: ServerResponse, { status, headers, body }: Wire): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

/** Announces the whole length, sends half of it, then breaks the connection. */
function sendHalf(response: ServerResponse, { status, headers, body }: Wire): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

function wait(state: SandboxState, ms: number): Promise<void> {
  return new Promise((resolve) => {
    state.clock.schedule(ms, resolve);
  });
}

/** Describes a body for the record: files by their size. */
function shown(body: Buffer, contentType: string): string {
  if (/^(image|audio|video|application\/octet|multipart)/.test(contentType)) return `(${body.length} bytes)`;
  return body.toString('utf8', 0, RECORDED_BODY);
}
