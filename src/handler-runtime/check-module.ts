import { suggestName } from '../config/suggest-name.js';
import { pushKinds, type PushFamily } from '../protocol/push.js';
import { shapeOf } from './handler-result.js';
import type { Handler } from './define-handler.js';
import type { Observer } from './define-observer.js';
import type { HandlerFile } from './handler-files.js';
import type { LoadedHandler, LoadedObserver } from './registry.js';
import type { On } from './event-filter.js';

/** A module's default export as a handler or an observer, or the sentence that says why it is neither. */
export type CheckedModule =
  | { readonly type: 'handler'; readonly handler: LoadedHandler }
  | { readonly type: 'observer'; readonly observer: LoadedObserver }
  | { readonly type: 'fault'; readonly fault: string };

const families: readonly PushFamily[] = ['message', 'event', 'info'];
const permitted: ReadonlySet<string> = new Set([...pushKinds, ...families, '*']);
const isOn = (value: unknown): value is On => typeof value === 'string' && permitted.has(value);

const EXPECTED = 'write `export default defineHandler({ on, handle })`';

/** Looks at one loaded module as a stranger wrote it. */
export function checkModule(
  { name, path: file }: HandlerFile,
  loaded: { readonly default?: unknown },
): CheckedModule {
  const module = unwrap(loaded.default);
  const fault = (text: string): CheckedModule => ({ type: 'fault', fault: text });
  if (module === undefined) return fault(`has no default export: ${EXPECTED}`);
  if (typeof module !== 'object' || module === null || Array.isArray(module))
    return fault(`its default export is ${shapeOf(module)}: ${EXPECTED}`);

  const part = (key: string): unknown => Reflect.get(module, key);
  const on = checkOn(part('on'));
  if (typeof on === 'string') return fault(on);
  const wrong = ['when', 'handle', 'later', 'observe', 'undelivered'].find(
    (key) => part(key) !== undefined && typeof part(key) !== 'function',
  );
  if (wrong !== undefined) return fault(`its \`${wrong}\` is ${shapeOf(part(wrong))} and must be a function`);
  const watches = ['observe', 'undelivered'].find((key) => part(key) !== undefined);
  if (part('handle') !== undefined && watches !== undefined)
    return fault(`has both \`handle\` and \`${watches}\`: one file is one behaviour, so make it two files`);
  if (isHandler(module)) return { type: 'handler', handler: { name, file, on, module } };
  if (isObserver(module)) return { type: 'observer', observer: { name, file, on, module } };
  return fault(`its default export has neither \`handle\` nor \`observe\`: ${EXPECTED}`);
}

const isHandler = (module: object): module is Handler => 'handle' in module && module.handle !== undefined;
const isObserver = (module: object): module is Observer =>
  ('observe' in module && module.observe !== undefined) ||
  ('undelivered' in module && module.undelivered !== undefined);

/** What the default import of CommonJS that was compiled from ES modules holds. */
function unwrap(exported: unknown): unknown {
  const wrapped = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return wrapped && 'default' in exported ? exported.default : exported;
}

/** The list of what is listened to, or a sentence about what is wrong with it. */
function checkOn(on: unknown): readonly On[] | string {
  const entries: readonly unknown[] = Array.isArray(on) ? on : [on];
  if (on === undefined || entries.length === 0)
    return 'its `on` is missing: name a kind (message.text), a family (message, event), or *';
  const known = entries.filter(isOn);
  if (known.length === entries.length) return known;
  return entries
    .filter((entry) => !isOn(entry))
    .map((entry) => (typeof entry === 'string' ? unknownKind(entry) : `its \`on\` holds ${shapeOf(entry)}`))
    .join('; ');
}

function unknownKind(name: string): string {
  const nearest = suggestName(name, permitted, Math.max(2, Math.floor(name.length / 3)));
  const family = families.find((each) => name.startsWith(`${each}.`));
  const choice = nearest === undefined ? `permitted are ${listFor(family)}` : `did you mean "${nearest}"?`;
  return `its \`on\` holds "${name}", which WeChat never pushes: ${choice}`;
}

const listFor = (family: PushFamily | undefined): string =>
  (family === undefined
    ? ['*', ...families, ...pushKinds.filter((kind) => kind.startsWith('message.'))]
    : pushKinds
  )
    .filter((each) => family === undefined || each.startsWith(`${family}.`))
    .join(', ');
