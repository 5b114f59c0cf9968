import { createInterface } from 'node:readline';
import { readTextFile, whyUnreadable } from '../config/text-file.js';
import { UsageInvalid } from './command.js';

/** Options for secrets. On the command line every user of the machine can read them, so each has two other ways in. */
export type SecretName = 'token' | 'aes-key' | 'app-secret' | 'key';

type Values = Readonly<{ [name in SecretName | `${SecretName}-file`]?: string }>;

const text = { type: 'string' } as const;

/** The options of each secret, for `parseOptions`. */
export const secretOptions = {
  token: { token: text, 'token-file': text },
  'aes-key': { 'aes-key': text, 'aes-key-file': text },
  'app-secret': { 'app-secret': text, 'app-secret-file': text },
  key: { key: text, 'key-file': text },
} as const;

/**
 * Reads secrets as `--token TEXT`, `--token -` (a line of standard input; several come in the order of `names`) or
 * `--token-file FILE`.
 *
 * @throws UsageInvalid  both at once, a file that cannot be read, an input with too few lines
 */
export async function readSecrets<const N extends SecretName>(
  names: readonly N[],
  values: Values,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<{ readonly [name in N]?: string }> {
  const fromInput = names.filter((name) => values[name] === '-');
  const lines = fromInput.length === 0 ? [] : await readLines(input, fromInput.length);
  const read: { [name in N]?: string } = {};
  for (const name of names) {
    const [given, file] = [values[name], values[`${name}-file`]];
    if (given !== undefined && file !== undefined)
      throw new UsageInvalid({
        en: `--${name} and --${name}-file are both given: use one of them.`,
        zh: `--${name} 和 --${name}-file 只能写一个。`,
      });
    const secret = file !== undefined ? readFile(name, file) : given === '-' ? lines.shift() : given;
    if (given === '-' && (secret ?? '') === '')
      throw new UsageInvalid({
        en: `--${name} -: standard input has no line for it.`,
        zh: `--${name} -：标准输入里没有它的那一行。`,
      });
    if (secret !== undefined) read[name] = secret;
  }
  return read;
}

function readFile(name: SecretName, file: string): string {
  try {
    return readTextFile(file).trim();
  } catch (error) {
    const why = whyUnreadable(error);
    throw new UsageInvalid({
      en: `--${name}-file ${file} ${why.en}.`,
      zh: `--${name}-file ${file} ${why.zh}。`,
    });
  }
}

async function readLines(input: NodeJS.ReadableStream, count: number): Promise<string[]> {
  const lines: string[] = [];
  const reader = createInterface({ input });
  for await (const line of reader) if (lines.push(line.trim()) === count) break;
  return lines;
}
