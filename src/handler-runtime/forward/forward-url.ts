import type { Logger } from '../../ports/logger.js';
import type { LoadedHandler, LoadedHandlers } from '../registry.js';
import { forward, ForwardInvalid } from './forward.js';

/** Name of the handler of FORWARD_URL, in logs and stored jobs. */
export const FORWARD_URL_HANDLER = 'FORWARD_URL';

/** The settings FORWARD_…, by account. */
export interface ForwardSettings {
  readonly accounts: readonly { readonly name: string; readonly forward: object | undefined }[];
  readonly forward: { readonly retry: 'window' | number; readonly otherwise: string | undefined };
}

/**
 * Adds the handler of FORWARD_URL, which takes the pushes that no own handler takes. The handler that FORWARD_OTHERWISE
 * names is taken out of the others.
 *
 * @throws ForwardInvalid if there is no such handler, or it has a `when`
 */
export function withForwardUrl(loaded: LoadedHandlers, settings: ForwardSettings): LoadedHandlers {
  const accounts = settings.accounts.flatMap(({ name, forward: backend }) =>
    backend === undefined ? [] : [name],
  );
  if (accounts.length === 0) return loaded;
  const { retry, otherwise: name } = settings.forward;
  const otherwise = loaded.handlers.find((handler) => handler.name === name);
  if (name !== undefined && otherwise === undefined)
    throw new ForwardInvalid({
      en: `FORWARD_OTHERWISE is "${name}", and there is no handler of that name: choose from ${listed(loaded, ', ')}`,
      zh: `FORWARD_OTHERWISE 的值是 "${name}"，却没有这个名称的处理模块；可以选：${listed(loaded, '、')}`,
    });
  const module = forward({ retry, ...(otherwise !== undefined && { otherwise: otherwise.module }) });
  const added: LoadedHandler = {
    name: FORWARD_URL_HANDLER,
    file: FORWARD_URL_HANDLER,
    on: ['*'],
    module: { ...module, accounts },
    isForward: true,
  };
  return { ...loaded, handlers: [...loaded.handlers.filter((handler) => handler !== otherwise), added] };
}

/** Like `withForwardUrl`, for handlers that changed while the server runs: without the other handler, pushes are kept. */
export function withForwardUrlStill(
  loaded: LoadedHandlers,
  settings: ForwardSettings,
  log: Logger,
): LoadedHandlers {
  try {
    return withForwardUrl(loaded, settings);
  } catch (error) {
    if (!(error instanceof ForwardInvalid)) throw error;
    log.error({ err: error }, 'forward invalid: pushes are kept while the backend is down');
    return withForwardUrl(loaded, { ...settings, forward: { ...settings.forward, otherwise: undefined } });
  }
}

const listed = ({ handlers }: LoadedHandlers, comma: string): string =>
  handlers.map(({ name }) => name).join(comma);
