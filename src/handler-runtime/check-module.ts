import { suggestName } from '../config/suggest-name.js';
import { pushKinds, type PushFamily } from '../protocol/push/push.js';
import type { Words } from '../protocol/words.js';
import { shapeInWords } from './handler-result.js';
import type { Handler } from './define-handler.js';
import type { Observer } from './define-observer.js';
import type { HandlerFile } from './handler-files.js';
import type { LoadedHandler, LoadedObserver } from './registry.js';
import type { On } from './event-filter.js';

/** The default export of a module as a handler or an observer, or a sentence that says why it is neither. */
export type CheckedModule =
  | { readonly type: 'handler'; readonly handler: LoadedHandler }
  | { readonly type: 'observer'; readonly observer: LoadedObserver }
  | { readonly type: 'fault'; readonly fault: Words };

const families: readonly PushFamily[] = ['message', 'event', 'info'];
const permitted: ReadonlySet<string> = new Set([...pushKinds, ...families, '*']);
const isOn = (value: unknown): value is On => typeof value === 'string' && permitted.has(value);

const EXPECTED: Words = {
  en: 'write `export default defineHandler({ on, handle })`',
  zh: '请写成 `export default defineHandler({ on, handle })`',
};

/** Checks a loaded module, whose author may have made any mistake. */
export function checkModule(
  { name, path: file }: HandlerFile,
  loaded: { readonly default?: unknown },
): CheckedModule {
  const module = unwrap(loaded.default);
  const fault = (words: Words): CheckedModule => ({ type: 'fault', fault: words });
  if (module === undefined)
    return fault({ en: `has no default export: ${EXPECTED.en}`, zh: `没有默认导出：${EXPECTED.zh}` });
  if (typeof module !== 'object' || module === null || Array.isArray(module))
    return fault({
      en: `its default export is ${shapeInWords(module).en}: ${EXPECTED.en}`,
      zh: `默认导出是${shapeInWords(module).zh}：${EXPECTED.zh}`,
    });

  const part = (key: string): unknown => Reflect.get(module, key);
  const on = checkOn(part('on'));
  if ('fault' in on) return fault(on.fault);
  if (!areAccountNames(part('accounts')))
    return fault({
      en: `its \`accounts\` is ${shapeInWords(part('accounts')).en} and must be a list of account names: ['main']`,
      zh: `\`accounts\` 是${shapeInWords(part('accounts')).zh}，应为账号名的列表：['main']`,
    });
  const wrong = ['when', 'handle', 'later', 'chosen', 'observe', 'undelivered'].find(
    (key) => part(key) !== undefined && typeof part(key) !== 'function',
  );
  if (wrong !== undefined) {
    const shape = shapeInWords(part(wrong));
    return fault({
      en: `its \`${wrong}\` is ${shape.en} and must be a function`,
      zh: `\`${wrong}\` 是${shape.zh}，应为函数`,
    });
  }
  const watches = ['observe', 'undelivered'].find((key) => part(key) !== undefined);
  if (part('handle') !== undefined && watches !== undefined)
    return fault({
      en: `has both \`handle\` and \`${watches}\`: a file does one thing, so split it in two`,
      zh: `既有 \`handle\` 又有 \`${watches}\`：一个文件只做一件事，请拆成两个文件`,
    });
  if (isHandler(module)) return { type: 'handler', handler: { name, file, on: on.known, module } };
  if (isObserver(module)) return { type: 'observer', observer: { name, file, on: on.known, module } };
  return fault({
    en: `its default export has neither \`handle\` nor \`observe\`: ${EXPECTED.en}`,
    zh: `默认导出里既没有 \`handle\` 也没有 \`observe\`：${EXPECTED.zh}`,
  });
}

/** True if the value can stand in the field `accounts`. */
const areAccountNames = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && name !== ''));

const isHandler = (module: object): module is Handler => 'handle' in module && module.handle !== undefined;
const isObserver = (module: object): module is Observer =>
  ('observe' in module && module.observe !== undefined) ||
  ('undelivered' in module && module.undelivered !== undefined);

/** Returns the default export of a CommonJS file that was compiled from an ES module. */
function unwrap(exported: unknown): unknown {
  const wrapped = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return wrapped && 'default' in exported ? exported.default : exported;
}

/** Returns the `on` filter as a list, or a sentence that describes the mistake. */
function checkOn(on: unknown): { readonly known: readonly On[] } | { readonly fault: Words } {
  const entries: readonly unknown[] = Array.isArray(on) ? on : [on];
  if (on === undefined || entries.length === 0)
    return {
      fault: {
        en: 'its `on` is missing: name a kind (message.text), a family (message, event), or *',
        zh: '没有 `on`：请写一个类型（message.text）、一个大类（message、event），或者 *',
      },
    };
  const known = entries.filter(isOn);
  if (known.length === entries.length) return { known };
  const faults = entries.filter((entry) => !isOn(entry)).map(explainEntry);
  return {
    fault: { en: faults.map(({ en }) => en).join('; '), zh: faults.map(({ zh }) => zh).join('；') },
  };
}

function explainEntry(entry: unknown): Words {
  if (typeof entry === 'string') return unknownKind(entry);
  const shape = shapeInWords(entry);
  return { en: `its \`on\` holds ${shape.en}`, zh: `\`on\` 里有${shape.zh}` };
}

function unknownKind(name: string): Words {
  const nearest = suggestName(name, permitted, Math.max(2, Math.floor(name.length / 3)));
  const family = families.find((each) => name.startsWith(`${each}.`));
  const permittedHere = listFor(family);
  const en =
    nearest === undefined ? `permitted are ${permittedHere.join(', ')}` : `did you mean "${nearest}"?`;
  const zh = nearest === undefined ? `可用的是 ${permittedHere.join('、')}` : `是不是 "${nearest}"？`;
  return {
    en: `its \`on\` holds "${name}", which WeChat never pushes: ${en}`,
    zh: `\`on\` 里的 "${name}" 微信不会推送：${zh}`,
  };
}

const listFor = (family: PushFamily | undefined): readonly string[] =>
  (family === undefined
    ? ['*', ...families, ...pushKinds.filter((kind) => kind.startsWith('message.'))]
    : pushKinds
  ).filter((each) => family === undefined || each.startsWith(`${family}.`));
