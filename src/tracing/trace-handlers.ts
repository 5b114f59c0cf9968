import type { Handler } from '../handler-runtime/define-handler.js';
import type { LoadedHandlers } from '../handler-runtime/registry.js';
import type { Push } from '../protocol/push/push.js';
import { within } from './spans.js';

/** Traces `handle` and `later` of each handler. */
export const traceHandlers = (loaded: LoadedHandlers): LoadedHandlers => ({
  ...loaded,
  handlers: loaded.handlers.map((one) => ({ ...one, module: traceModule(one.name, one.module) })),
});

function traceModule(name: string, module: Handler): Handler {
  const optionsFor = ({ id, kind }: Push) => ({
    role: 'internal' as const,
    attributes: { 'wechat.handler': name, 'wechat.kind': kind, 'wechat.push_id': id },
  });
  return {
    on: module.on,
    ...(module.accounts !== undefined && { accounts: module.accounts }),
    ...(module.when !== undefined && { when: module.when.bind(module) }),
    handle: (ctx) => within('handler', optionsFor(ctx.push), () => module.handle(ctx)),
    ...(module.later !== undefined && {
      later: (ctx, task) => within('handler', optionsFor(ctx.push), () => module.later?.(ctx, task)),
    }),
  };
}
