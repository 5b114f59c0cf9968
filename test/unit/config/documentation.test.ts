import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/config.js';
import { variableNames, variables, type Variable } from '../../../src/config/variables.js';

const table: Readonly<Record<string, Variable>> = variables;
const example = readFileSync('.env.example', 'utf8');
const page = readFileSync('docs/configuration.md', 'utf8');

describe('given .env.example', () => {
  const entries = [...example.matchAll(/^# (.+)\n#?([A-Z0-9_]+)=(.*)$/gm)].map(
    ([, comment = '', name = '', value = '']) => ({ comment, name, value }),
  );

  test('when it is held against the table, then it has every variable once, in order, with meaning and default', () => {
    expect(entries.map(({ name }) => name)).toEqual(variableNames);
    for (const { comment, name, value } of entries) {
      expect(comment).toContain(table[name]?.meaning);
      expect(value).toBe(table[name]?.fallback ?? '');
    }
  });

  test('when it is used with every line switched on and the account filled in, then it is a valid configuration', () => {
    const env = parseEnv(example.replaceAll(/^#([A-Z])/gm, '$1'));
    expect(readConfig({ ...env, WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' }).public.port).toBe(80);
  });
});

describe('given docs/configuration.md', () => {
  test('when its table is held against ours, then it has every variable once, in order, with meaning and default', () => {
    const rows = [...page.matchAll(/^\| `([A-Z0-9_]+)`\s*\| (.*?)\s*\| (.*?)\s*\|$/gm)];
    expect(rows.map(([, name]) => name)).toEqual(variableNames);
    for (const [, name = '', byDefault = '', meaning = ''] of rows) {
      const variable = table[name];
      expect(meaning).toBe(`${variable?.meaning}${variable?.secret === true ? ' Secret.' : ''}`);
      expect(byDefault.replaceAll('` `', ',').replaceAll('`', '')).toBe(
        variable?.fallback ?? variable?.without,
      );
    }
  });
});
