import { createHttpClient } from '../adapters/http/http-client.js';
import type { Config } from '../config.js';
import { HttpFailure, type HttpRequest } from '../ports/http-client.js';
import { AppError } from '../protocol/app-error.js';

type Method = HttpRequest['method'];

/** The admin listener of the server that runs with this configuration. */
export interface AdminClient {
  /** `127.0.0.1:9090` */
  readonly place: string;
  /** @throws AdminRefused · HttpFailure when it went away meanwhile */
  request(method: Method, path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
}

/** The running server said no. */
export class AdminRefused extends AppError {
  readonly code = 'admin_refused';
  /** What its answer called it, such as `letter_unknown`; `''` where it said nothing. */
  readonly error: string;

  constructor(message: string, error = '') {
    super(message);
    this.error = error;
  }
}

const TIMEOUT_MS = 20_000;
const PING_TIMEOUT_MS = 2_000;
/** Ten thousand dead letters, without their texts. */
const MAX_BYTES = 64 * 1_024 * 1_024;

/** The listener, if one answers as ours does; undefined where none does. @throws AdminRefused where it wants another key */
export async function findAdminClient({ admin }: Config): Promise<AdminClient | undefined> {
  const http = createHttpClient();
  const wide: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]', '[::]': '[::1]' };
  const place = `${wide[admin.host] ?? admin.host}:${admin.port}`;

  async function send(method: Method, path: string, timeoutMs: number, body?: object) {
    const { status, text } = await http({
      method,
      url: `http://${place}${path}`,
      timeoutMs,
      maxBytes: MAX_BYTES,
      ...(admin.key !== undefined && { headers: { authorization: `Bearer ${admin.key}` } }),
      ...((body !== undefined || method === 'POST') && { body: JSON.stringify(body ?? {}) }),
    });
    return { status, answer: parse(text) };
  }

  async function ask(method: Method, path: string, timeoutMs: number, body?: object) {
    const { status, answer } = await send(method, path, timeoutMs, body);
    if (status === 200 && answer !== undefined) return answer;
    const { error = `HTTP ${status}`, message = answer?.['hint'] ?? '' } = answer ?? {};
    throw new AdminRefused(
      `the server at ${place} said no: ${String(error)} ${String(message)}`.trimEnd(),
      String(error),
    );
  }

  try {
    const { status, answer } = await send('GET', '/status', PING_TIMEOUT_MS);
    if (status === 401)
      throw new AdminRefused(`the server at ${place} wants another ADMIN_KEY than this one`);
    if (status !== 200 || !Array.isArray(answer?.['routes'])) return undefined;
  } catch (error) {
    if (error instanceof HttpFailure) return undefined;
    throw error;
  }
  return { place, request: (method, path, body) => ask(method, path, TIMEOUT_MS, body) };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
