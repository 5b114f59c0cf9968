import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MENU_LIMITS } from '../../src/api/catalogue/menu-button.js';
import { TEMPORARY_LIMITS } from '../../src/api/media/limits.js';
import { BUTTON_NEEDS, readMenuFile } from '../../src/cli/menu/menu-file.js';
import {
  ARTICLE_LIMIT,
  CHOICE_ID_LIMIT,
  CHOICE_LABEL_LIMIT_BYTES,
  CHOICE_LIMIT,
  CUSTOMER_SERVICE_ARTICLE_LIMIT,
  MESSAGE_REPLY_ARTICLE_LIMIT,
  REPLY_FIELD_LIMIT_BYTES,
  TEXT_LIMIT_BYTES,
} from '../../src/protocol/limits.js';
import { SEND_WINDOWS } from '../../src/protocol/send-windows.js';

/** Both languages: the figures are the same. */
const pages = (name: string): string[] =>
  [`docs/${name}.md`, `docs/zh/${name}.md`].map((path) => readFileSync(path, 'utf8'));

/** Tables as the cells of their rows, without the header. */
const tablesOf = (page: string): string[][][] =>
  [...page.matchAll(/^\|.*\n\|[ :|-]+\n((?:\|.*\n)*)/gm)].map(([, rows = '']) =>
    rows
      .trim()
      .split('\n')
      .map((row) =>
        row
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
  );

const figuresIn = (cell = ''): number[] => [...cell.matchAll(/\d+/g)].map(([digits]) => Number(digits));
const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** The one table whose first row begins so. */
function tableWith(page: string, firstCell: RegExp): string[][] {
  const found = tablesOf(page).find(([row]) => firstCell.test(row?.[0] ?? ''));
  if (found === undefined) throw new Error(`no table begins with ${firstCell}`);
  return found;
}

describe('given docs/replies.md in both languages', () => {
  test.each(pages('replies'))(
    'when its limits are compared with the code, then they are those (%#)',
    (page) => {
      const limits = tableWith(page, /^(one text|一条文本)$/).map(([, limit]) => figuresIn(limit));
      const { message, follow, scan, menu } = SEND_WINDOWS;
      expect([follow, scan]).toEqual([menu, menu]);
      const inOrder = ({ messages, durationMs }: typeof message | typeof menu) => [
        messages,
        durationMs >= 3_600_000 ? durationMs / 3_600_000 : durationMs / 60_000,
      ];
      expect(limits.map((figures) => figures.toSorted((a, b) => a - b))).toEqual(
        [
          [TEXT_LIMIT_BYTES],
          [REPLY_FIELD_LIMIT_BYTES],
          [MESSAGE_REPLY_ARTICLE_LIMIT],
          [ARTICLE_LIMIT],
          [1, CHOICE_LIMIT],
          [CHOICE_LABEL_LIMIT_BYTES],
          [CHOICE_ID_LIMIT],
          [TEXT_LIMIT_BYTES],
          inOrder(message),
          inOrder(menu),
        ].map((figures) => figures.toSorted((a, b) => a - b)),
      );
      expect(
        tableWith(page, /^(passive reply to a message|被动回复一条消息)/).map(([, most]) => figuresIn(most)),
      ).toEqual([[MESSAGE_REPLY_ARTICLE_LIMIT], [ARTICLE_LIMIT], [CUSTOMER_SERVICE_ARTICLE_LIMIT]]);
    },
  );

  test.each(pages('replies'))(
    'when its files are compared with the code, then they are those (%#)',
    (page) => {
      const rows = tableWith(page, /^image$/).map(([use, most = '', formats = '']) => [
        use,
        figuresIn(most)[0]! * (most.includes('MB') ? 1_048_576 : 1_024),
        formats.split(/, |、/),
      ]);
      expect(rows).toEqual(
        Object.entries(TEMPORARY_LIMITS).map(([kind, { maxBytes, formats }]) => [kind, maxBytes, formats]),
      );
    },
  );
});

describe('given docs/scaling.md in both languages', () => {
  /** `1,083`, `0.4%`, `375 MB` as numbers. */
  const amountsIn = (cells: readonly string[]) => cells.map((cell) => Number(cell.replaceAll(/[^\d.]/g, '')));

  test.each(pages('scaling'))(
    'when the mass message is calculated anew, then the figures are those (%#)',
    (page) => {
      const [acting, inBusiestMinute, ...figures] = tableWith(page, /followers who act|有操作的粉丝/).map(
        ([, ...cells]) => amountsIn(cells),
      );
      const costs = tableWith(page, /^(answered within five seconds|五秒之内回复)$/).map(([, ...cells]) =>
        amountsIn(cells),
      );
      const [inTime, , late] = costs.map(([scripts, , , cpuUs, memoryKb]: number[]) => ({
        scripts,
        cpuUs,
        memoryKb,
      }));
      for (const column of [0, 1, 2]) {
        const inHour = 10_000_000 * ((acting?.[column] ?? 0) / 100);
        const inMinute = inHour * ((inBusiestMinute?.[column] ?? 0) / 100);
        const perSecond = (inMinute / 60) * 2;
        const perCore = (cost: typeof late) => (perSecond * (cost?.cpuUs ?? 0)) / 10_000;
        const expected = [
          inHour,
          inMinute,
          perSecond,
          Math.ceil(perSecond / 600) + 1,
          perSecond,
          perSecond * 4.5,
          (perSecond * 4.5 * 25) / 1_000,
          perSecond * (inTime?.scripts ?? 0),
          perCore(inTime),
          perSecond * (late?.scripts ?? 0),
          perCore(late),
          (inHour * (inTime?.memoryKb ?? 0)) / 1_000,
        ];
        expect(figures).toHaveLength(expected.length);
        for (const [index, figure] of expected.entries())
          expect(Math.abs((figures[index]?.[column] ?? 0) - figure) / figure).toBeLessThan(0.05);
      }
    },
  );
});

describe('given the measurements on docs/scaling.md in both languages', () => {
  test.each(pages('scaling'))(
    'when they are looked up, then docs/performance.md has each of them (%#)',
    (page) => {
      const performance = readFileSync('docs/performance.md', 'utf8');
      const measured = tableWith(page, /^(at 600 pushes|每秒 600 个推送)/).flatMap(([, ...cells]) => cells);
      expect(measured.length).toBeGreaterThan(8);
      expect(measured.filter((figure) => !performance.includes(`| ${figure} `))).toEqual([]);
    },
  );
});

describe('given docs/menu-file.md in both languages', () => {
  test.each(pages('menu-file'))(
    'when its types are compared with the code, then they are those (%#)',
    (page) => {
      const rows = tableWith(page, /^`click`$/).map(([type, needs]) => [codesIn(type)[0], codesIn(needs)]);
      expect(Object.fromEntries(rows)).toEqual(BUTTON_NEEDS);
    },
  );

  test.each(pages('menu-file'))(
    'when its lengths are compared with the code, then they are those (%#)',
    (page) => {
      const limits = tableWith(page, /^(buttons of a menu|一级按钮)$/).map(([, limit]) => figuresIn(limit));
      const ranges = Object.entries(MENU_LIMITS).map(([path, limit]) => ({
        path,
        range: Object.values(limit)[0],
      }));
      const of = (end: RegExp) => ranges.filter(({ path }) => end.test(path)).map(({ range }) => range);
      for (const same of [of(/\.key$/), of(/\.url$/)]) expect(new Set(same.map(String)).size).toBe(1);
      expect(limits).toEqual([
        ...of(/^button$/),
        ...of(/^button\[\]\.sub_button$/),
        ...of(/^button\[\]\.name$/),
        ...of(/sub_button\[\]\.name$/),
        of(/\.key$/)[0],
        of(/\.url$/)[0],
      ]);
    },
  );

  test.each(pages('menu-file'))('when its example is read, then it is a file of menus (%#)', (page) => {
    const [, example = ''] = /^```yaml\n([^]*?)^```$/m.exec(page) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'menu-page-'));
    try {
      writeFileSync(join(folder, 'menu.yaml'), example);
      const { menus } = readMenuFile(join(folder, 'menu.yaml'));
      expect(menus.button).toHaveLength(3);
      expect(menus.conditional).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
