import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One export of the public face, with the comment in front of its declaration. */
export interface PublicExport {
  readonly name: string;
  readonly file: string;
  readonly comment: string;
  readonly isType: boolean;
  /** Optional properties, where it is an interface. */
  readonly optional: readonly { readonly name: string; readonly comment: string }[];
}

const COMMENT = String.raw`(?<comment>\/\*\*(?:(?!\*\/)[^])*\*\/)?\s*`;

/** Every export of `entry`, read from the text of the files that declare them. */
export function publicExports(entry: string): PublicExport[] {
  const text = readFileSync(entry, 'utf8');
  const passedOn = [...text.matchAll(/export (type )?\{([^}]+)\} from '([^']+)';/g)].flatMap(
    ([, typeOnly, names = '', from = '']) =>
      names
        .split(',')
        .map((written) => written.trim())
        .filter((written) => written !== '')
        .map((written) => ({
          name: written.replace(/^type /, ''),
          isType: typeOnly !== undefined || written.startsWith('type '),
          file: join(dirname(entry), from.replace(/\.js$/, '.ts')),
        })),
  );
  const own = [...text.matchAll(/^export const (\w+)/gm)].map(([, name = '']) => ({
    name,
    isType: false,
    file: entry,
  }));
  return [...passedOn, ...own].map(({ name, isType, file }) => ({ ...declarationOf(name, file), isType }));
}

function declarationOf(name: string, file: string): Omit<PublicExport, 'isType'> {
  const text = readFileSync(file, 'utf8');
  const keyword =
    '(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|const|(?:async )?function\\*?)';
  const found = new RegExp(String.raw`${COMMENT}${keyword} ${name}\b`).exec(text);
  if (found === null) {
    // Passed on once more.
    const [, from = ''] = new RegExp(String.raw`\{[^}]*\b${name}\b[^}]*\} from '(\.[^']+)'`).exec(text) ?? [];
    if (from === '') throw new Error(`${file} does not declare ${name}`);
    return declarationOf(name, join(dirname(file), from.replace(/\.js$/, '.ts')));
  }
  const { index, groups, 0: head } = found;
  const body = head.includes('interface') ? bodyFrom(text, text.indexOf('{', index + head.length)) : '';
  return {
    name,
    file,
    comment: groups?.['comment'] ?? '',
    optional: optionalOf(body),
  };
}

function bodyFrom(text: string, open: number): string {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return text.slice(open + 1, at);
  }
  return '';
}

const optionalOf = (body: string): { name: string; comment: string }[] =>
  [...body.matchAll(new RegExp(String.raw`${COMMENT}^ {2}(?:readonly )?(?<name>\w+)\?:`, 'gm'))].map(
    ({ groups }) => ({ name: groups?.['name'] ?? '', comment: groups?.['comment'] ?? '' }),
  );

/** The code of the `@example` in a comment; '' where there is none. */
export const exampleOf = (comment: string): string =>
  (/@example\n([^]*?)(?:\n \* @|\n \*\/|\n \*\n|$)/.exec(comment)?.[1] ?? '').replaceAll(/^ \* ?/gm, '');

/** Declarations that examples rely on: a handler's context, a caught error, a server. */
const GIVEN = `
import type * as F from 'wechat-callback-server';
declare const ctx: F.HandleContext<F.PushOf<'message.text'>>;
declare const { api, log, reply, user }: typeof ctx;
declare const error: unknown;
declare const handler: F.Handler & { later(ctx: never, task: { city: string }): undefined };
declare const observer: F.Observer;
declare const server: F.CallbackServer;
declare const signer: F.PageSigner;
declare const weather: F.Handler;
declare const app: { use(path: string, handle: unknown): void };
declare function expect(value: unknown): { toMatchObject(expected: object): void };
declare function forecast(city: string, signal: AbortSignal): Promise<string>;
`;

/**
 * The examples of all exports as modules, by file name: one with a function for each, and one for each example that has
 * a default export of its own.
 *
 * @param from what they import the exports from
 */
export function exampleModules(exported: readonly PublicExport[], from: string): Map<string, string> {
  const names = exported.map(({ name, isType }) => (isType ? `type ${name}` : name));
  const head = `import { ${names.join(', ')} } from '${from}';\n${GIVEN}`;
  const functions: string[] = [];
  const files = new Map<string, string>();
  for (const { name, comment } of exported) {
    const example = exampleOf(comment);
    if (example.includes('export default')) files.set(`${name}.ts`, `${head}${example}\n`);
    else functions.push(`export async function example_${name}() {\n${example}\n}`);
  }
  return files.set('all.ts', `${head}${functions.join('\n')}\n`);
}
