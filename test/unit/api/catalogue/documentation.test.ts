import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { QUOTAS } from '../../../../src/api/catalogue/quotas.js';
import { catalogueRows } from '../../../support/wechat/catalogue-rows.js';

const page = readFileSync('docs/api.md', 'utf8');

describe('given the page of the client', () => {
  test.each(catalogueRows.map((entry) => [entry.full, entry] as const))(
    'when it is held against the catalogue, then %s has its line, with its endpoint and its quota',
    (_full, { family, name, row: { method, path, fixed, quota } }) => {
      const action = fixed === undefined ? '' : `?${new URLSearchParams(fixed).toString()}`;
      const from = page.indexOf(`| \`ctx.api.${family}\``);
      const table = page.slice(from, page.indexOf('\n\n', from) >>> 0);
      const figure =
        quota === undefined ? '' : `${QUOTAS[quota].account.toLocaleString('en')} a ${QUOTAS[quota].per}`;
      const line = table.split('\n').find((text) => text.startsWith(`| \`${name}\` `));
      expect(line?.split('|').map((cell) => cell.trim())).toEqual([
        '',
        `\`${name}\``,
        `${method} \`${path}${action}\``,
        figure,
        '',
      ]);
    },
  );
});
