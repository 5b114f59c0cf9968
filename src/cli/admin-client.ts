import { createHttpClient } from '../adapters/http/http-client.js';
import type { Config } from '../config/config.js';
import { HttpFailure, type HttpRequest } from '../ports/http-client.js';
import { AppError } from '../protocol/app-error.js';
import type { Words } from '../protocol/words.js';

type Method = HttpRequest['method'];

/** Client of the admin listener of the running server. */
export interface AdminClient {
  /** `127.0.0.1:9090` */
  readonly place: string;
  /** Makes a request. @throws AdminRefused · HttpFailure if the server ended meanwhile */
  request(method: Method, path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
}

/** The running server refused the request. */
export class AdminRefused extends AppError {
  readonly code = 'admin_refused';
  /** The `error` of the response, such as `letter_unknown`; `''` if absent. */
  readonly error: string;

  constructor(message: Words, error = '') {
    super(message);
    this.error = error;
  }
}

const TIMEOUT_MS = 20_000;
const PING_TIMEOUT_MS = 2_000;
/** Enough for ten thousand dead letters without texts. */
const MAX_BYTES = 64 * 1_024 * 1_024;

/**
 * Finds the admin listener of our server; `undefined` if there is none. @throws AdminRefused if it requires another key
 */
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
      {
        en: `the server at ${place} refused: ${String(error)} ${String(message)}`.trimEnd(),
        zh: `${place} 上的服务拒绝了：${String(error)} ${String(message)}`.trimEnd(),
      },
      String(error),
    );
  }

  try {
    const { status, answer } = await send('GET', '/status', PING_TIMEOUT_MS);
    if (status === 401)
      throw new AdminRefused({
        en: `the server at ${place} has a different ADMIN_KEY`,
        zh: `${place} 上的服务用的 ADMIN_KEY 和这里的不同`,
      });
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
