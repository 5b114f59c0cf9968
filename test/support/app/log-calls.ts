import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One call of a logger in the sources. */
export interface LogCall {
  readonly at: string;
  /** Several where the call picks one: `log[isOften ? 'debug' : 'warn'](…)`. */
  readonly levels: readonly string[];
  /** Start of each text that the call may log, up to the first colon. */
  readonly events: readonly string[];
  /** The names of its fields; `...name` where they come from a value that is made elsewhere. */
  readonly fields: readonly string[];
}

const CALL = /\b(?:log|own)(?:\.(?<level>debug|info|warn|error)|\[(?<picked>[^\]]+)\])\(/g;
const CHILD = /\blog\.child\(/g;
/** Forwards the log calls of others. */
const WRAPPER = /adapters\/log\/safe-errors\.ts$/;

/** Every call of a logger in the TypeScript below `folder`, read from the text of the sources. */
export function logCallsIn(folder: string): LogCall[] {
  return sources(folder).flatMap(({ path, text }) =>
    [...text.matchAll(CALL)].map(({ index, 0: { length }, groups }) => {
      const [fields = '', message = ''] = argumentsFrom(text, index + length);
      const { level, picked = '' } = groups ?? {};
      return {
        at: `${path}:${text.slice(0, index).split('\n').length}`,
        levels:
          level === undefined
            ? [...picked.matchAll(/'(debug|info|warn|error)'/g)].map(([, one = '']) => one)
            : [level],
        events: textsOf(message).map((one) => one.split(':')[0] ?? ''),
        fields: fieldsOf(fields, text),
      };
    }),
  );
}

/** Returns the fields that the files below `folder` bind to child loggers. */
export function boundFieldsIn(folder: string): string[] {
  return sources(folder).flatMap(({ text }) =>
    [...text.matchAll(CHILD)].flatMap(({ index, 0: { length } }) =>
      fieldsOf(argumentsFrom(text, index + length)[0] ?? '', text),
    ),
  );
}

/** The text of each TypeScript file below `folder`. */
export const sourceTexts = (folder: string): string[] => sources(folder).map(({ text }) => text);

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !WRAPPER.test(path))
    .map((path) => ({ path: join(folder, path), text: withoutComments(join(folder, path)) }));
}

/** Examples in comments log, too. Lines stay where they are. */
const withoutComments = (path: string): string =>
  readFileSync(path, 'utf8').replaceAll(/\/\*\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '));

/** The arguments of a call, as written, from behind its opening bracket on. */
function argumentsFrom(text: string, from: number): string[] {
  const found: string[] = [];
  let depth = 1;
  let start = from;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (`'"\``.includes(char)) at = endOfText(text, at);
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    if (depth > 1 || (char !== ',' && depth > 0)) continue;
    found.push(text.slice(start, at).trim());
    if (depth === 0) return found.filter((one) => one !== '');
    start = at + 1;
  }
  return found;
}

function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[from]) return at;
  }
  return text.length;
}

/** `'a'`, `` `a` ``, `'a' + 'b'` (the first counts), `isX ? 'a' : 'b'`; anything else is one text, ''. */
function textsOf(message: string): string[] {
  const choice = /^[^?]*\?\s*(['"`][\s\S]*?)\s+:\s*(['"`][\s\S]*)$/.exec(message);
  const texts = choice === null || /^['"`]/.test(message) ? [message] : choice.slice(1);
  return texts.map((one) => /^(['"`])((?:\\.|(?!\1)[\s\S])*)\1/.exec(one)?.[2] ?? '');
}

/** Of `{ a, b: c, ...(d && { e }), ...f }`: a, b, e, and what f is in this file. */
function fieldsOf(argument: string, file: string): string[] {
  if (argument.startsWith('{'))
    return argumentsFrom(argument, 1).flatMap((part) => {
      if (!part.startsWith('...')) return [/^\w+/.exec(part)?.[0] ?? part];
      const inner = part.slice(3);
      return inner.startsWith('(')
        ? fieldsOf(inner.slice(inner.indexOf('{'), -1), file)
        : fieldsOf(inner, file);
    });
  const made = new RegExp(`const ${argument.replaceAll(/\W/g, '')} = (?=\\{)`).exec(file);
  return made === null || /\W/.test(argument)
    ? [`...${argument}`]
    : fieldsOf(`{${argumentsFrom(file, made.index + made[0].length + 1).join(', ')}}`, file);
}
