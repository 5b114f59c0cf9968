import { parseArgs, type ParseArgsConfig } from 'node:util';
import { suggestName } from '../config/suggest-name.js';
import type { Words } from '../protocol/words.js';
import { UsageInvalid } from './command.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; strict: true; allowPositionals: true }>
>;

/**
 * Reads options and positional arguments.
 *
 * @throws UsageInvalid  an unknown option (the nearest one is named), a missing value, or too many arguments
 */
export function parseOptions<const O extends Options>(
  args: readonly string[],
  options: O,
  { positionals = 0 }: { readonly positionals?: number } = {},
): Parsed<O> {
  const unknown = firstUnknown(args, options);
  if (unknown !== undefined) {
    const nearest = suggestName(unknown, Object.keys(options), 2);
    throw new UsageInvalid({
      en: `Unknown option --${unknown}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`,
      zh: `没有 --${unknown} 这个选项。${nearest === undefined ? '' : `是不是 --${nearest}？`}`,
    });
  }
  let parsed: Parsed<O>;
  try {
    parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    throw new UsageInvalid(explainParseFault(error));
  }
  const extra = parsed.positionals[positionals];
  if (extra !== undefined)
    throw new UsageInvalid({ en: `"${extra}" is one argument too many.`, zh: `多了一个参数 "${extra}"。` });
  return parsed;
}

/** Extracts the option's name from the parser's message. */
function explainParseFault(error: unknown): Words {
  const en = error instanceof Error ? error.message : String(error);
  const [, option] = /'(?:-\w, )?(--[\w-]+)/.exec(en) ?? [];
  const isExtra = /does not take an argument/.test(en);
  return { en, zh: option === undefined ? en : `${option} ${isExtra ? '后面不写值。' : '后面要写值。'}` };
}

function firstUnknown(args: readonly string[], options: Options): string | undefined {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  return tokens
    .filter((token) => token.kind === 'option')
    .map(({ name }) => name)
    .find((name) => !Object.hasOwn(options, name));
}
