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
import type { Words } from '../protocol/words.js';
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
  faults: Words[],
): readonly AccountConfig[] {
  const where = `WECHAT_ACCOUNTS_FILE ${showText(file)}`;
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const why = whyUnreadable(error);
    faults.push({
      en: `${where} ${why.en}. Name a JSON file that this process may read.`,
      zh: `${where} ${why.zh}。请填一个本进程可以读取的 JSON 文件。`,
    });
    return [];
  }
  const read = readJson(text);
  const accounts = read.type === 'json' ? accountsOf(read.value) : undefined;
  if (accounts === undefined || accounts.length === 0) {
    const allowed = '{"<name>": {"appId": "wx…", "token": "…"}, …}';
    const place = read.type === 'broken' ? read.where : undefined;
    faults.push({
      en: `${where} is not a JSON object of accounts${place === undefined ? '' : ` (${place.en})`}; allowed: ${allowed}. Correct the file.`,
      zh: `${where} 不是由账号组成的 JSON 对象${place === undefined ? '' : `（${place.zh}）`}；格式：${allowed}。请改正这个文件。`,
    });
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
  readonly faults: Words[];
}

function readAccount(
  name: string,
  fields: Fields,
  { where, basePath, faults }: Surroundings,
): AccountConfig | undefined {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) {
    faults.push({
      en:
        `${where}: the account name ${showText(name)} becomes part of its URL; ` +
        'allowed: letters, digits, "_", "-" and, inside, ".". Rename it.',
      zh:
        `${where}: 账号名 ${showText(name)} 会成为 URL 的一部分，` +
        '只能用字母、数字、"_"、"-"，中间还可以用 "."。请换一个名字。',
    });
  }
  const nameOf = (setting: string) => `${where}: ${showText(`${name}.${setting}`).slice(1, -1)}`;
  for (const key of Object.keys(fields).filter((field) => !isSetting(field))) {
    const nearest = suggestName(key, settingNames, 3);
    faults.push({
      en: `${nameOf(key)} is not a setting of an account. ${
        nearest === undefined ? `Known ones: ${settingNames.join(', ')}.` : `Did you mean ${nearest}?`
      }`,
      zh: `${nameOf(key)} 不是账号的设置项。${
        nearest === undefined ? `可用的设置项：${settingNames.join('、')}。` : `是不是 ${nearest}？`
      }`,
    });
  }
  const isGiven = (setting: Setting) => ![undefined, null, ''].some((empty) => fields[setting] === empty);
  const read: [Setting, unknown][] = [];
  for (const setting of settingNames.filter(isGiven)) {
    const variable: Variable = variables[accountSettings[setting]];
    const given = fields[setting];
    const value = variable.json === true && typeof given === 'object' ? JSON.stringify(given) : given;
    const result = variable.schema.safeParse(value);
    if (result.success) read.push([setting, result.data]);
    else {
      const found = seen(variable, value);
      faults.push({
        en: `${nameOf(setting)} ${found.en}; allowed: ${variable.allowed.en}. Correct it.`,
        zh: `${nameOf(setting)} ${found.zh}；应为：${variable.allowed.zh}。请改正。`,
      });
    }
  }
  const entries: Iterable<readonly unknown[]> = read;
  const settings: Settings = Object.fromEntries(entries); // each value is the result of its own schema
  const path = `${basePath === '/' ? '' : basePath}/${name}`;
  return toAccount({ name, path, settings, isGiven, nameOf }, faults);
}

const seen = (variable: Variable, value: unknown): Words =>
  typeof value === 'string'
    ? showValue(variable, value)
    : { en: `is of type ${typeof value}`, zh: `的类型是 ${typeof value}` };
