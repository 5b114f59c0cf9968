import { parseArgs, type ParseArgsConfig } from 'node:util';
import { suggestName } from '../config/suggest-name.js';
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
    throw new UsageInvalid(
      `Unknown option --${unknown}.${nearest === undefined ? '' : ` Is --${nearest} meant?`}`,
    );
  }
  let parsed: Parsed<O>;
  try {
    parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    throw new UsageInvalid(error instanceof Error ? error.message : String(error));
  }
  const extra = parsed.positionals[positionals];
  if (extra !== undefined) throw new UsageInvalid(`"${extra}" is one argument too many.`);
  return parsed;
}

function firstUnknown(args: readonly string[], options: Options): string | undefined {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  return tokens
    .filter((token) => token.kind === 'option')
    .map(({ name }) => name)
    .find((name) => !Object.hasOwn(options, name));
}
