import { inBoth, type Words } from '../protocol/words.js';
import { whyUnreadable } from './text-file.js';
import { showPath, showValue } from './show-value.js';
import { variableNames, variables, type Values, type Variable, type VariableName } from './variables.js';

/** Reads a text file, or throws as `readTextFile` does. */
export type ReadFile = (path: string) => string;

/** Other programs read these in small letters, too. */
const LOWER_CASE: readonly string[] = ['HTTPS_PROXY', 'NO_PROXY'];

/**
 * Reads every variable of the table from the environment, or from the file in `NAME_FILE` (without its last newline).
 * An empty text counts as absent. Adds faults to `faults`; a faulty variable then counts as absent.
 */
export function readValues(env: NodeJS.ProcessEnv, readFile: ReadFile, faults: Words[]): Values {
  const entries: Iterable<readonly unknown[]> = variableNames.map((name) => [
    name,
    readValue(name, env, readFile, faults),
  ]);
  // The compiler cannot relate each name to its schema; `Values` has the types of the schemas' results.
  const values: Values = Object.fromEntries(entries);
  return values;
}

function readValue(name: VariableName, env: NodeJS.ProcessEnv, readFile: ReadFile, faults: Words[]): unknown {
  const variable: Variable = variables[name];
  const fallback = variable.fallback === undefined ? undefined : variable.schema.parse(variable.fallback);
  const raw = rawValue(name, env, readFile, faults);
  if (raw === undefined) return fallback;
  const result = variable.schema.safeParse(raw.text);
  if (result.success) return result.data;
  const given = showValue(variable, raw.text);
  const remedy = remedyFor(variable);
  faults.push({
    en: `${raw.origin.en} ${given.en}; allowed: ${variable.allowed.en}. ${remedy.en}`,
    zh: `${raw.origin.zh} ${given.zh}；应为：${variable.allowed.zh}。${remedy.zh}`,
  });
  return fallback;
}

function remedyFor({ fallback }: Variable): Words {
  if (fallback === undefined) return { en: 'Correct it.', zh: '请改正。' };
  const isShort = fallback.length < 40;
  return {
    en: `Correct it, or leave it out for ${isShort ? fallback : 'the default'}.`,
    zh: `请改正，或者删掉它，使用默认值${isShort ? ` ${fallback}` : ''}。`,
  };
}

interface RawValue {
  readonly text: string;
  /** Its description in messages: the name, and the file if there is one. */
  readonly origin: Words;
}

function rawValue(
  name: VariableName,
  env: NodeJS.ProcessEnv,
  readFile: ReadFile,
  faults: Words[],
): RawValue | undefined {
  const direct = env[name] ?? (LOWER_CASE.includes(name) ? env[name.toLowerCase()] : undefined) ?? '';
  const file = env[`${name}_FILE`] ?? '';
  if (file === '') return direct === '' ? undefined : { text: direct, origin: inBoth(name) };
  if (direct !== '') {
    faults.push({
      en: `${name} and ${name}_FILE are both set; allowed: one of the two. Remove the other.`,
      zh: `${name} 和 ${name}_FILE 同时设置了，只能设置其中一个。请删掉另一个。`,
    });
    return undefined;
  }
  const shown = showPath(variables[name], file);
  try {
    const text = readFile(file).replace(/\r?\n$/, '');
    if (text !== '') return { text, origin: { en: `${name} (from ${file})`, zh: `${name}（来自 ${file}）` } };
    faults.push({
      en: `${name}_FILE ${shown.en}, an empty file. Fill it, or unset ${name}_FILE.`,
      zh: `${name}_FILE ${shown.zh}，这个文件是空的。请写入内容，或者删掉 ${name}_FILE。`,
    });
  } catch (error) {
    const why = whyUnreadable(error);
    faults.push({
      en: `${name}_FILE ${shown.en}, which ${why.en}. Name a file that this process may read.`,
      zh: `${name}_FILE ${shown.zh}，文件${why.zh}。请填一个本进程可以读取的文件。`,
    });
  }
  return undefined;
}
