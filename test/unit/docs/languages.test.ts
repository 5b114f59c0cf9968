import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readPage, type MarkdownPage } from '../../support/app/markdown-page.js';

const pagesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.md'));

/** An English page and its Chinese neighbour. */
const pairs: readonly (readonly [english: string, chinese: string])[] = [
  ['README.md', 'README.zh-CN.md'],
  ...pagesIn('docs').map((name) => [join('docs', name), join('docs/zh', name)] as const),
];

const HAN = /\p{Script=Han}/u;

/** The English page that a link of either tree leads to, and the place of its heading on that page. */
function targetOf(page: MarkdownPage, link: string): string {
  if (/^\w+:/.test(link)) return link;
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? page.path : join(dirname(page.path), file);
  const heading =
    anchor === undefined ? undefined : readPage(path).headings.findIndex((one) => one.anchor === anchor);
  const english = path
    .replace('README.zh-CN.md', 'README.md')
    .replace(/^docs\/zh\//, 'docs/')
    .replace('-zh.png', '-en.png');
  return heading === undefined ? english : `${english}#${heading}`;
}

/** The line at the top that leads to the other language is the one link that differs. */
const targetsOf = (page: MarkdownPage): string[] =>
  page.links
    .slice(1)
    .map((link) => targetOf(page, link))
    .toSorted();

/** Code without its comments, the words in angle brackets that a reader replaces, and the name of a scenario. */
const bare = (text: string): string[] =>
  text
    .replaceAll(/(?:^|\s)\/\/.*|(?:^|\s)# .*|^name: .*/gm, '')
    .replaceAll(/<[^<>\n]*>/g, '_')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Names that both languages have to mention. */
const namesOf = ({ spans }: MarkdownPage): string[] =>
  [...new Set(spans.map(withoutPlaceholders).filter((span) => !HAN.test(span)))].toSorted();

/** The words in angle brackets that a reader replaces. */
const withoutPlaceholders = (text: string): string => text.replaceAll(/<[^<>/]+>/g, '<>');

/** Figures of two digits or more; small ones may be words. */
const figuresOf = ({ prose }: MarkdownPage): string[] =>
  [...new Set(prose.join(' ').match(/\d[\d,.]*\d/g))].toSorted();

describe.each(pairs)('given %s and %s', (englishPath, chinesePath) => {
  if (!existsSync(chinesePath)) {
    test('when the Chinese page is looked for, then it is there', () => {
      throw new Error(`${chinesePath} is missing: write it beside ${englishPath}`);
    });
    return;
  }
  const english = readPage(englishPath);
  const chinese = readPage(chinesePath);

  test('when their first link is followed, then it leads to the other language', () => {
    expect(english.links[0]).toBe(relative(dirname(englishPath), chinesePath));
    expect(chinese.links[0]).toBe(relative(dirname(chinesePath), englishPath));
  });

  test('when headings are compared, then both have the same ones in order', () => {
    expect(chinese.headings.map(({ depth }) => depth)).toEqual(english.headings.map(({ depth }) => depth));
  });

  test('when tables are compared, then both have the same rows and columns', () => {
    const shape = ({ tables }: MarkdownPage) =>
      tables.map(({ columns, rows }) => ({
        columns,
        rows: rows.map(([first = '']) => /`[^`]+`/.exec(first)?.[0] ?? ''),
      }));
    expect(shape(chinese)).toEqual(shape(english));
  });

  test('when code is compared, then it differs in comments only, and printed text in its language', () => {
    const code = (page: MarkdownPage) =>
      page.code.map(({ language, text }) => ({
        language,
        code: language === 'text' ? bare(text).length : bare(text),
      }));
    expect(code(chinese)).toEqual(code(english));
  });

  test('when links are compared, then they lead to the same places', () => {
    expect(targetsOf(chinese)).toEqual(targetsOf(english));
  });

  test('when names in backticks are compared, then both mention the same ones', () => {
    expect(namesOf(chinese)).toEqual(namesOf(english));
  });

  test('when figures are compared, then both mention the same ones', () => {
    expect(figuresOf(chinese)).toEqual(figuresOf(english));
  });

  test('when the Chinese prose is read, then it is Chinese', () => {
    const foreign = chinese.prose.filter(
      (text) => !HAN.test(text) && (text.match(/\b[a-z]{2,}\b/g) ?? []).length > 6,
    );
    expect(foreign).toEqual([]);
  });
});

describe('given the Chinese pages', () => {
  const pages = ['README.zh-CN.md', ...pagesIn('docs/zh').map((name) => join('docs/zh', name))];

  test('when they are listed, then each has an English page', () => {
    const english = pagesIn('docs/zh').filter((name) => !existsSync(join('docs', basename(name))));
    expect(english).toEqual([]);
  });

  /** With the words of both web pages. Prose only: samples of WeChat's own texts say what they say. */
  const proseOf = (path: string): readonly string[] =>
    path.endsWith('.md') ? readPage(path).prose : readFileSync(path, 'utf8').split('\n');
  const texts = [...pages, 'src/sandbox/page/i18n/zh.js', 'src/operator-page/i18n/zh.js'];

  /** One word for one idea. 令牌 alone would mean both the callback Token and the access_token. */
  test.each(['您', '帐号', '处理器', '处理程序', '访问令牌', '沙盒', '回调令牌', '封死信'])(
    'when %s is looked for, then it is not there',
    (word) => {
      expect(texts.filter((path) => proseOf(path).some((text) => text.includes(word)))).toEqual([]);
    },
  );

  test('when 令牌 is looked for, then it stands for Token only', () => {
    const found = texts.flatMap((path) =>
      proseOf(path).filter((text) => /令牌/.test(text.replaceAll(/令牌（Token）|Token（令牌）/g, ''))),
    );
    expect(found).toEqual([]);
  });
});
