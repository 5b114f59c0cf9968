import { suggestName } from '../config/suggest-name.js';
import type { Words } from '../protocol/words.js';
import { HandlerInvalid, handlerFault } from './load-handlers.js';
import type { LoadedHandlers } from './registry.js';

/**
 * Requires that every handler and observer is bound to configured accounts only.
 *
 * @param from  where the handlers are from, for the message
 * @throws HandlerInvalid naming each module and account
 */
export function assertAccountsKnown(
  from: string,
  { handlers, observers }: LoadedHandlers,
  accounts: readonly { readonly name: string }[],
): void {
  const configured = accounts.map(({ name }) => name);
  const faults = [...handlers, ...observers].flatMap(({ file, module }) =>
    (module.accounts ?? [])
      .filter((name) => !configured.includes(name))
      .map((name) => handlerFault(file, unknownAccount(name, configured))),
  );
  if (faults.length > 0) throw new HandlerInvalid(from, faults);
}

function unknownAccount(name: string, configured: readonly string[]): Words {
  const nearest = suggestName(name, configured, 2);
  const [en, zh] =
    nearest === undefined
      ? [`configured are ${configured.join(', ')}`, `已配置的有 ${configured.join('、')}`]
      : [`did you mean "${nearest}"?`, `是不是 "${nearest}"？`];
  return {
    en: `its \`accounts\` holds "${name}", and no account has this name: ${en}`,
    zh: `\`accounts\` 里的 "${name}" 不是已配置的账号：${zh}`,
  };
}
