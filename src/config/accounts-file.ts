import { z } from 'zod';
import {
  accountSettings,
  isSetting,
  settingNames,
  toAccount,
  type AccountConfig,
  type Setting,
  type Settings,
} from './account.js';
import { suggestName } from './suggest-name.js';
import { readJson } from './json-text.js';
import { whyUnreadable } from './text-file.js';
import type { ReadFile } from './variable-source.js';
import { showText, showValue } from './show-value.js';
import { variables, type Variable } from './variables.js';

/**
 * Reads the accounts file: a JSON object, account name → settings, each account at `basePath/<name>`.
 * Faults are added to `faults` and never quote the file, which holds secrets.
 */
export function readAccountsFile(
  file: string,
  basePath: string,
  readFile: ReadFile,
  faults: string[],
): readonly AccountConfig[] {
  const where = `WECHAT_ACCOUNTS_FILE ${showText(file)}`;
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    faults.push(`${where} ${whyUnreadable(error)}. Name a JSON file that this process may read.`);
    return [];
  }
  const read = readJson(text);
  const accounts = read.type === 'json' ? accountsOf(read.value) : undefined;
  if (accounts === undefined || accounts.length === 0) {
    faults.push(
      `${where} is something else than a JSON object of accounts${read.type === 'broken' ? ` (${read.where})` : ''}; ` +
        'allowed: {"<name>": {"appId": "wx…", "token": "…"}, …}. Correct the file.',
    );
    return [];
  }
  return accounts
    .map(([name, fields]) => readAccount(name, fields, { where, basePath, faults }))
    .filter((account) => account !== undefined);
}

type Fields = Readonly<Record<string, unknown>>;
const shape = z.record(z.string(), z.record(z.string(), z.unknown()));

const accountsOf = (value: unknown): readonly (readonly [string, Fields])[] | undefined => {
  const { data } = shape.safeParse(value);
  return data && Object.entries(data);
};

interface Surroundings {
  readonly where: string;
  readonly basePath: string;
  readonly faults: string[];
}

function readAccount(
  name: string,
  fields: Fields,
  { where, basePath, faults }: Surroundings,
): AccountConfig | undefined {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) {
    faults.push(
      `${where}: the account name ${showText(name)} becomes a part of its URL; ` +
        'allowed: letters, digits, "_", "-" and, inside, ".". Rename it.',
    );
  }
  const nameOf = (setting: string) => `${where}: ${showText(`${name}.${setting}`).slice(1, -1)}`;
  for (const key of Object.keys(fields).filter((field) => !isSetting(field))) {
    const nearest = suggestName(key, settingNames, 3);
    const hint = nearest === undefined ? `Known ones: ${settingNames.join(', ')}.` : `Is ${nearest} meant?`;
    faults.push(`${nameOf(key)} is not a setting of an account. ${hint}`);
  }
  const isGiven = (setting: Setting) => ![undefined, null, ''].some((empty) => fields[setting] === empty);
  const read: [Setting, unknown][] = [];
  for (const setting of settingNames.filter(isGiven)) {
    const variable: Variable = variables[accountSettings[setting]];
    const given = fields[setting];
    const value = variable.json === true && typeof given === 'object' ? JSON.stringify(given) : given;
    const result = variable.schema.safeParse(value);
    if (result.success) read.push([setting, result.data]);
    else
      faults.push(`${nameOf(setting)} ${seen(variable, value)}; allowed: ${variable.allowed}. Correct it.`);
  }
  const entries: Iterable<readonly unknown[]> = read;
  const settings: Settings = Object.fromEntries(entries); // each value is what its own schema returned
  const path = `${basePath === '/' ? '' : basePath}/${name}`;
  return toAccount({ name, path, settings, isGiven, nameOf }, faults);
}

const seen = (variable: Variable, value: unknown): string =>
  typeof value === 'string' ? showValue(variable, value) : `is of type ${typeof value}`;
