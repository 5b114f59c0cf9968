import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CATALOGUE } from '../../../../src/api/catalogue/catalogue.js';
import { QUOTAS, type QuotaName } from '../../../../src/api/catalogue/quotas.js';

const page = readFileSync('docs/api.md', 'utf8');

interface Documented {
  readonly method: string;
  readonly path: string;
  readonly quota?: QuotaName;
}

describe('given the page of the client', () => {
  test('when it is held against the catalogue, then every API has its line, with its endpoint and its quota', () => {
    for (const [family, rows] of Object.entries(CATALOGUE)) {
      const from = page.indexOf(`\`ctx.api.${family}\``);
      expect([family, from > 0]).toEqual([family, true]);
      const table = page.slice(from, page.indexOf('\n\n', from) >>> 0);
      for (const [name, { method, path, quota }] of Object.entries<Documented>(rows)) {
        const figure =
          quota === undefined ? '' : `${QUOTAS[quota].account.toLocaleString('en')} a ${QUOTAS[quota].per}`;
        const line = table.split('\n').find((text) => text.startsWith(`| \`${name}\` `));
        expect(line?.split('|').map((cell) => cell.trim())).toEqual([
          '',
          `\`${name}\``,
          `${method} \`${path}\``,
          figure,
          '',
        ]);
      }
    }
  });
});
