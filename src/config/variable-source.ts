import { whyUnreadable } from './text-file.js';
import { showPath, showValue } from './show-value.js';
import { variableNames, variables, type Values, type Variable, type VariableName } from './variables.js';

/** Reads a text file, or throws as `readTextFile` does. */
export type ReadFile = (path: string) => string;

/**
 * Reads every variable of the table from the environment, or from the file that `NAME_FILE` names (its last newline
 * does not count). An empty text counts as absent. Faults are added to `faults`; a faulty variable then reads as an absent one.
 */
export function readValues(env: NodeJS.ProcessEnv, readFile: ReadFile, faults: string[]): Values {
  const entries: Iterable<readonly unknown[]> = variableNames.map((name) => [
    name,
    readValue(name, env, readFile, faults),
  ]);
  // The compiler cannot follow each name to its schema; `Values` says what the schemas return.
  const values: Values = Object.fromEntries(entries);
  return values;
}

function readValue(
  name: VariableName,
  env: NodeJS.ProcessEnv,
  readFile: ReadFile,
  faults: string[],
): unknown {
  const variable: Variable = variables[name];
  const fallback = variable.fallback === undefined ? undefined : variable.schema.parse(variable.fallback);
  const raw = rawValue(name, env, readFile, faults);
  if (raw === undefined) return fallback;
  const result = variable.schema.safeParse(raw.text);
  if (result.success) return result.data;
  faults.push(
    `${raw.origin} ${showValue(variable, raw.text)}; allowed: ${variable.allowed}. ${remedyFor(variable)}`,
  );
  return fallback;
}

function remedyFor({ fallback }: Variable): string {
  if (fallback === undefined) return 'Correct it.';
  return `Correct it, or leave it out for ${fallback.length < 40 ? fallback : 'the default'}.`;
}

interface RawValue {
  readonly text: string;
  /** How a message calls it: the name, and the file where there is one. */
  readonly origin: string;
}

function rawValue(
  name: VariableName,
  env: NodeJS.ProcessEnv,
  readFile: ReadFile,
  faults: string[],
): RawValue | undefined {
  const direct = env[name] ?? '';
  const file = env[`${name}_FILE`] ?? '';
  if (file === '') return direct === '' ? undefined : { text: direct, origin: name };
  if (direct !== '') {
    faults.push(`${name} and ${name}_FILE are both set; allowed: one of the two. Remove the other.`);
    return undefined;
  }
  try {
    const text = readFile(file).replace(/\r?\n$/, '');
    if (text !== '') return { text, origin: `${name} (from ${file})` };
    faults.push(
      `${name}_FILE ${showPath(variables[name], file)}, an empty file. Fill it, or unset ${name}_FILE.`,
    );
  } catch (error) {
    faults.push(
      `${name}_FILE ${showPath(variables[name], file)}, which ${whyUnreadable(error)}. ` +
        'Name a file that this process may read.',
    );
  }
  return undefined;
}
