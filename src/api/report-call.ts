import type { Clock } from '../ports/clock.js';
import type { ApiCalled, Events } from '../ports/events.js';
import { ApiRefused, ApiUnreachable } from './api-error.js';

/** Fields of requests that contain a user. */
const USER_FIELDS = ['touser', 'openid'];

/** Makes a call and emits its result once, after any failover and token refresh. Does not change the result. */
export async function reportCall<T>(
  { events, account, clock }: { readonly events: Events; readonly account: string; readonly clock: Clock },
  {
    method,
    path,
    query,
    body,
  }: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
  call: () => Promise<T>,
): Promise<T> {
  const startMs = clock.now();
  const called = { type: 'api.called', account, method, api: path } as const;
  try {
    const answer = await call();
    events.emit({ ...called, result: 'ok', ms: clock.now() - startMs });
    return answer;
  } catch (error) {
    const user = query?.['openid'] ?? userIn(body);
    events.emit({
      ...called,
      ...failureOf(error),
      ms: clock.now() - startMs,
      ...(user !== undefined && { user }),
    });
    throw error;
  }
}

function failureOf(error: unknown): Pick<ApiCalled, 'result' | 'errcode' | 'errmsg' | 'rid' | 'accessPoint'> {
  if (error instanceof ApiRefused) {
    const { errorClass, errcode, text, rid, accessPoint } = error;
    return {
      result: errorClass,
      errcode,
      errmsg: text,
      ...(rid !== undefined && { rid }),
      ...(accessPoint !== undefined && { accessPoint }),
    };
  }
  if (error instanceof ApiUnreachable) {
    const { kind, accessPoint } = error;
    return { result: 'unreachable', errmsg: kind, ...(accessPoint !== undefined && { accessPoint }) };
  }
  return { result: error instanceof Error && 'code' in error ? String(error.code) : 'failed' };
}

function userIn(body: string | undefined): string | undefined {
  if (body === undefined) return undefined;
  try {
    const request: unknown = JSON.parse(body);
    if (typeof request !== 'object' || request === null) return undefined;
    const value: unknown = USER_FIELDS.map((field) => Reflect.get(request, field)).find(
      (name) => typeof name === 'string',
    );
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
