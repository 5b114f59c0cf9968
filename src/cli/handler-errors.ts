import type { Config } from '../config/config.js';
import type { Words } from '../protocol/words.js';
import { findAdminClient } from './admin-client.js';

interface Figure {
  readonly name: string;
  readonly errors: number;
  readonly lastError?: { readonly name: string };
}

/**
 * Detects failed handlers of the running server by its admin listener. A push whose handler throws gets `success`, so
 * the response alone does not show the failure.
 *
 * @returns a function that names the handlers that threw since the last call
 */
export async function watchHandlerErrors(config: Config): Promise<() => Promise<Words | undefined>> {
  const admin = await findAdminClient(config).catch(() => undefined);
  const read = async (): Promise<readonly Figure[]> => {
    const status = await admin?.request('GET', '/status').catch(() => undefined);
    const handlers = status?.['handlers'];
    return Array.isArray(handlers) ? handlers.filter(isFigure) : [];
  };
  let before = await read();
  return async () => {
    const now = await read();
    const threw = now.filter(
      ({ name, errors }) => errors > (before.find((figure) => figure.name === name)?.errors ?? 0),
    );
    before = now;
    if (threw.length === 0) return undefined;
    const names = threw.map(({ name, lastError }) => `${name} (${lastError?.name ?? 'Error'})`);
    return {
      en: `A handler threw, so no reply was sent: ${names.join(', ')}. The log of the server has the stack.`,
      zh: `处理模块抛出了错误，所以没有回复：${names.join('、')}。服务的日志里有调用栈。`,
    };
  };
}

const isFigure = (value: unknown): value is Figure =>
  typeof value === 'object' && value !== null && 'name' in value && 'errors' in value;
