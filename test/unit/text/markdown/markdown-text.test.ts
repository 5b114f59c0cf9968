import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { markdownSplitPoint, markdownToText } from '../../../../src/text/markdown/markdown-text.js';
import { inLongForm } from '../../../support/proof/long-form.js';

describe('given Markdown within a paragraph', () => {
  test.each([
    ['strong and emphasis', '**粗** *斜* ***都*** __b__ _i_ ~~删~~', '粗 斜 都 b i 删'],
    ['emphasis that ends behind a colon', '**重点：**后来。*「引」*说', '重点：后来。「引」说'],
    ['emphasis in emphasis', '**a *b* c** and *a **b** c*', 'a b c and a b c'],
    ['signs without a partner', '**a*, *注, 2 * 3 * 4, a_b_c, ~x~', '*a, *注, 2 * 3 * 4, a_b_c, ~x~'],
    ['sums', '5*3*2=30, 2**8**1, a*b*c', '5*3*2=30, 2**8**1, a*b*c'],
    ['code', '`a*b*c` ``x ` y`` ` `` ` `open', 'a*b*c x ` y `` `open'],
    ['escapes', '\\*a\\* \\[b\\](c) \\a \\\\', '*a* [b](c) \\a \\'],
    ['entities', '&lt;b&gt; &amp;amp; &#20320;&#x597D; &unknown; &#0;', '<b> &amp; 你好 &unknown; \uFFFD'],
    ['typed tags', '<b>粗</b> <br>下<br/>行 1 < 2', '<b>粗</b>\n下\n行 1 < 2'],
    ['addresses', 'https://a.b/c_d_e*f* **https://a.b/c**。', 'https://a.b/c_d_e*f* https://a.b/c。'],
    ['hard breaks', 'a  \nb\\\nc', 'a\nb\nc'],
  ])('when it holds %s, then it is shown plainly', (_name, markdown, text) => {
    expect(markdownToText(markdown)).toBe(text);
  });

  test.each([
    ['a link', '[点 *这里*](https://a.b/c?x=1&y=2)', '<a href="https://a.b/c?x=1&y=2">点 这里</a>'],
    [
      'a title',
      "[x](https://a.b 't') [y]( <https://a.b/c d> )",
      '<a href="https://a.b">x</a> <a href="https://a.b/c%20d">y</a>',
    ],
    ['brackets', '[a [b]](https://a.b/w_(x))', '<a href="https://a.b/w_(x)">a [b]</a>'],
    ['a quote in the address', '[x](https://a.b/"onclick="y)', '<a href="https://a.b/%22onclick=%22y">x</a>'],
    ['its address as its text', '[https://a.b](https://a.b) <https://a.b>', 'https://a.b https://a.b'],
    ['another scheme', '[a](mailto:x@y.z) [b](/c) [x@y.z](mailto:x@y.z)', 'a (mailto:x@y.z) b (/c) x@y.z'],
    ['a script', '[a](javascript:alert(1)) [b](data:x) [c](#d)', 'a b c'],
    [
      'a picture',
      '![图](https://a.b/c.png) ![](https://a.b) ![图](x.png)',
      '<a href="https://a.b/c.png">图</a> https://a.b 图 (x.png)',
    ],
    ['a picture in a link', '[![图](https://a.b/c.png)](https://d.e)', '<a href="https://d.e">图</a>'],
    ['a link in a link', '[a [b](https://c.d)](https://e.f)', '<a href="https://e.f">a [b](https://c.d)</a>'],
    ['a tag in its text', '[<b>x</b>](https://a.b)', '<b>x</b> (https://a.b)'],
    ['no target', '[a] [b]( [c](d [e][f] ![g]', '[a] [b]( [c](d [e][f] ![g]'],
    ['a typed link', '<a href="https://a.b" onclick="c">d</a>', '<a href="https://a.b">d</a>'],
    ['a typed script', '<a href="javascript:x">d</a>', 'd'],
    ['a typed link that is not whole', '<a href="https://a.b">d', '<\u200Ba href="https://a.b">d'],
    ['a link in code', '`<a href="https://a.b">d</a>`', '<\u200Ba href="https://a.b">d</a>'],
    ['a link made of entities', '&lt;a href="https://a.b"&gt;d', '<\u200Ba href="https://a.b">d'],
  ])('when it holds a link with %s, then only http and https are links', (_name, markdown, text) => {
    expect(markdownToText(markdown)).toBe(text);
  });
});

describe('given Markdown with formulas', () => {
  test.each([
    ['a thin space', '即 $a\\,b$。'],
    ['braces', '$\\{x\\}$'],
    ['new lines', '$\\begin{pmatrix} a \\\\ b \\end{pmatrix}$'],
    ['signs of emphasis', '$a_1 * b_1$ 和 $a_2 * b_2$'],
    ['a dollar', '$\\$5 * x * y$'],
    ['a display', '$$ a_1 \\, * b_1 * \\\\ $$ 完'],
    ['a display in brackets', '\\[ x \\; = \\frac{1}{2} \\] 和 \\( a_1 \\, b_1 \\)'],
    ['a display of several lines', '设：\n$$\nx \\\\\n= y\n- z\n$$\n完。'],
    ['brackets over several lines', '\\[\nx\n=\n\\{y\\}\n\\]'],
    ['an environment', '\\begin{aligned}\nx &= 1 \\\\\n+ y\n\\end{aligned}'],
    ['a display that never ends', '$$\nx_1 \\, y_1\n\n完'],
  ])('when one holds %s, then it stays as typed', (_name, markdown) => {
    expect(markdownToText(markdown)).toBe(markdown);
  });

  test.each([
    ['prices', '从 $5 涨到 **$10**，又 *跌* 到 $3', '从 $5 涨到 $10，又 跌 到 $3'],
    ['names', '**$HOME** 和 `$PATH`，*$a* *b*', '$HOME 和 $PATH，$a b'],
    ['a sign alone', '$ *a* $ 和 $$ *b*', '$ a $ 和 $$ b'],
    ['an escaped sign', '\\$a\\, *b*$', '$a, b$'],
    ['escaped brackets', '\\[注\\] \\[b\\](c) \\(x\\)', '[注] [b](c) (x)'],
    ['code', '`$a\\,b$` `\\(` *a*', '$a\\,b$ \\( a'],
    ['lines', '$a *b*\nc$ *d*', '$a b\nc$ d'],
  ])('when it holds %s but no formula, then it is Markdown as ever', (_name, markdown, text) => {
    expect(markdownToText(markdown)).toBe(text);
  });

  test('when a display stands in a list or a quotation, then it is indented as that is', () => {
    expect(markdownToText('1. 设\n   $$\n   x\\,y\n   $$\n2. 得')).toBe('1. 设\n  $$\n  x\\,y\n  $$\n2. 得');
    expect(markdownToText('- $$\n  x\\,y\n  $$\n- *得*')).toBe('•\n  $$\n  x\\,y\n  $$\n• 得');
    expect(markdownToText('> $$\n> x\\,y\n> $$\n\n*完*')).toBe('┃ $$\n┃ x\\,y\n┃ $$\n\n完');
    expect(markdownToText('> $$\n> x\\,y\n*完*')).toBe('┃ $$\n┃ x\\,y\n完');
  });
});

describe('given Markdown of several blocks', () => {
  test('when it has headings and rules, then they stand out', () => {
    expect(markdownToText('# 一 ##\n## **二**\n#三\n\n四\n===\n五\n---\n\n六\n\n***\n')).toBe(
      '【一】\n【二】\n#三\n\n【四】\n【五】\n\n六\n\n———————',
    );
  });

  test('when it has lists, then they have bullets, numbers and depth', () => {
    const markdown = '* a\n  wrapped\n  - b\n    + c\n- [x] d\n- [ ] e\n\n3. f\n   1) g\n10. h\n\nend';
    expect(markdownToText(markdown)).toBe(
      '• a\n  wrapped\n  ◦ b\n    ▪ c\n☑ d\n☐ e\n\n3. f\n  1) g\n10. h\n\nend',
    );
  });

  test('when it has a table, then every row is a line with the names of its columns', () => {
    const markdown =
      '城市：\n| 城市 | 温度 | 备注 |\n| :-- | --: | - |\n| **北京** | 20\\|21 | |\n| 上海 |\n\na | b\n-|-';
    expect(markdownToText(markdown)).toBe('城市：\n• 北京 | 温度: 20|21\n• 上海\n\na | b');
  });

  test('when it has code, then it stays as typed, apart from the text', () => {
    const markdown =
      'see:\n```js\n\nconst a = *b*;\n\n\n  `c`\n\n```\nend\n1. do\n   ~~~\n   # x\n     y\n   ~~~\n```open\n# z';
    expect(markdownToText(markdown)).toBe(
      'see:\n\nconst a = *b*;\n\n\n  `c`\n\nend\n1. do\n\n# x\n  y\n\n# z',
    );
  });

  test('when it has quotations, then their lines are marked', () => {
    expect(markdownToText('> a\n> **b**\n>\n> > c\n\nd\n> ```\n> e\nf')).toBe(
      '┃ a\n┃ b\n\n┃ c\n\nd\n\n┃ e\n\nf',
    );
  });

  test('when blank lines are many or of another system, then one is left', () => {
    expect(markdownToText('\r\n\r\na\r\n\r\n \r\n\r\nb\r\nc\r\n')).toBe('a\n\nb\nc');
    expect(markdownToText(' \n')).toBe('');
  });
});

const BLOCKS = [
  ['# h\n', 'text\n', '**b** *i*\n', '- a\n', '  - b\n', '    1. c\n', '   wrapped\n', '1. n\n', '- ```\n'],
  [
    '```js\n',
    '```\n',
    '~~~\n',
    'let x = `1`;\n',
    '> q\n',
    '> - l\n',
    '>   m\n',
    '| a | b |\n',
    '|---|---|\n',
    '---\n',
    '===\n',
  ],
  [
    '\n',
    '\n',
    '\n\n',
    ' \n',
    '[x](https://a.b)\n',
    '<a href="javascript:x">\n',
    '`<a b>`',
    '\\',
    '*',
    '[',
    '](',
    ' ',
  ],
  ['$$\n', '$$', '$', '\\[\n', '\\]\n', '\\begin{a}\n', '\\end{a}\n', '\\(', '\\)'],
].flat();
const anyMarkdown = fc
  .array(fc.constantFrom(...BLOCKS), { maxLength: 30, size: 'max' })
  .map((lines) => lines.join(''));

describe('given any Markdown', () => {
  test('when it is cut at its border, then the pieces are what the whole becomes', () => {
    let cuts = 0;
    fc.assert(
      fc.property(anyMarkdown, (markdown) => {
        const border = markdownSplitPoint(markdown);
        if (border > 0) cuts++;
        const pieces = [markdown.slice(0, border), markdown.slice(border)].map(markdownToText);
        expect(pieces.filter((piece) => piece !== '').join('\n\n')).toBe(markdownToText(markdown));
      }),
      { numRuns: inLongForm(30_000, { else: 1_000 }) },
    );
    expect(cuts).toBeGreaterThan(300);
  });

  test('when more comes behind a border, then that border stays one', () => {
    fc.assert(
      fc.property(anyMarkdown, anyMarkdown, (before, after) => {
        const border = markdownSplitPoint(before);
        const start = markdownToText(before.slice(0, border));
        expect(markdownToText(before + after).startsWith(start)).toBe(true);
      }),
      { numRuns: inLongForm(10_000, { else: 400 }) },
    );
  });

  test('when it is converted, then every link is one to http or https, and whole', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '<a ',
            '<',
            'a ',
            '>',
            '</a>',
            '[',
            '](',
            ')',
            'https://x.y',
            'javascript:z',
            ' href="',
            '"',
            '\n',
            '\\',
            '`',
            '&lt;',
            '*',
            '!',
            '|',
            't',
            '$',
            '$$\n',
            '\\(',
            '\\)',
          ),
          { maxLength: 40, size: 'max' },
        ),
        (pieces) => {
          const text = markdownToText(pieces.join(''));
          const links = text.match(/<a[\s>]/gi) ?? [];
          expect(text.match(/<a href="https?:\/\/[^"<>\s]+">[^<>]+<\/a>/g) ?? []).toHaveLength(links.length);
        },
      ),
      { numRuns: inLongForm(50_000, { else: 2_000 }) },
    );
  });

  test('when it is no Markdown, then it stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '你好',
            '，',
            '。',
            'abc',
            ' ',
            '12',
            '!',
            '?',
            '()',
            '=',
            '+',
            '-',
            '/',
            '"',
            '😀',
          ),
        }),
        (words) => {
          const text = `字${words}`.trim();
          expect(markdownToText(text)).toBe(text);
        },
      ),
    );
  });

  test.each([
    '*',
    '**a',
    '_a',
    '`',
    '`a``',
    '[',
    '[a](',
    '[a](b',
    '![a](',
    '[a](((',
    '[[a](b)',
    '<a ',
    '<a x>',
    '<',
    '&',
    '\\',
    '> ',
    '- ',
    '|',
    'a|b\n-|-\n',
    '```\n',
    '\n',
    'https://',
    '# ',
    ' ',
    '$',
    '$a ',
    '$$a',
    '$$\n',
    '\\(',
    '\\[',
    '\\(=',
    '\\begin{a}\n',
  ])('when it is nothing but %j, then it is converted in linear time', (unit) => {
    const started = performance.now();
    markdownToText(unit.repeat(100_000 / unit.length));
    markdownToText(`x${unit}y `.repeat(100_000 / (unit.length + 3)));
    // A few tenths of a second here; quadratic would be minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
