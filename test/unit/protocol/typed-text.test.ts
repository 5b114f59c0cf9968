import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { FieldValue } from '../../../src/protocol/fields.js';
import { PushRefused } from '../../../src/protocol/refusal.js';
import { parseAnyXml, parseXml } from '../../../src/protocol/xml.js';
import { inLongForm } from '../../support/proof/long-form.js';

/** A push as WeChat writes it: `raw` stands in CDATA as it is, `]]>` and all. */
type Part = readonly [name: string, content: string | readonly Part[] | { readonly raw: string }];

const write = (parts: readonly Part[], gap = '\n'): string =>
  parts
    .map(([name, content]) => {
      if (typeof content === 'string') return `<${name}>${content}</${name}>${gap}`;
      return 'raw' in content
        ? `<${name}><![CDATA[${content.raw}]]></${name}>${gap}`
        : `<${name}>${write(content, gap)}</${name}>${gap}`;
    })
    .join('');
const push = (parts: readonly Part[], gap?: string): string => `<xml>${write(parts, gap)}</xml>`;

const raw = (text: string): { readonly raw: string } => ({ raw: text });
const head = (type: string, event?: string): Part[] => [
  ['ToUserName', raw('gh_b52b1f8c3a7d')],
  ['FromUserName', raw('oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA')],
  ['CreateTime', '1736670151'],
  ['MsgType', raw(type)],
  ...(event === undefined ? [] : [['Event', raw(event)] as const]),
];
const id: Part = ['MsgId', '24863140378325023'];
const encrypted: Part = ['Encrypt', raw('pN1vHDkyELAajPsHCMHhadcVlfkzl7g=')];

/** Each kind of push with typed text in it, and the path to each of its texts. */
interface Shape {
  readonly name: string;
  readonly paths: readonly string[];
  readonly write: (texts: readonly string[]) => readonly Part[];
}
const shape = (
  name: string,
  paths: string,
  writeIt: (texts: readonly string[]) => readonly Part[],
): Shape => ({
  name,
  paths: paths.split(' '),
  write: writeIt,
});
const t = (texts: readonly string[], index = 0) => raw(texts[index] ?? '');
const shapes = [
  shape('text', 'Content', (x) => [...head('text'), ['Content', t(x)], id]),
  shape('text of a menu', 'Content', (x) => [
    ...head('text'),
    ['Content', t(x)],
    id,
    ['bizmsgmenuid', '002'],
  ]),
  shape('text from an article', 'Content', (x) => [
    ...head('text'),
    ['Content', t(x)],
    id,
    ['MsgDataId', raw('2247483660_1')],
    ['Idx', '1'],
  ]),
  shape('text, its field last', 'Content', (x) => [...head('TEXT'), id, ['Content', t(x)]]),
  shape('text beside Encrypt', 'Content', (x) => [...head('text'), ['Content', t(x)], id, encrypted]),
  shape('text and an unknown field', 'Content', (x) => [
    ...head('text'),
    ['Content', t(x)],
    [
      'New',
      [
        ['A', raw('1')],
        ['A', raw('2')],
      ],
    ],
    ['Newer', raw('n')],
    id,
  ]),
  shape('voice', 'Recognition', (x) => [
    ...head('voice'),
    ['MediaId', raw('m')],
    ['Format', raw('amr')],
    id,
    ['Recognition', t(x)],
    ['MediaId16K', raw('m16')],
  ]),
  shape('location', 'Label', (x) => [
    ...head('location'),
    ['Location_X', '23.134521'],
    ['Scale', '20'],
    ['Label', t(x)],
    id,
    encrypted,
  ]),
  shape('link', 'Title Description Url', (x) => [
    ...head('link'),
    ['Title', t(x)],
    ['Description', t(x, 1)],
    ['Url', t(x, 2)],
    id,
    encrypted,
  ]),
  shape('file', 'Title Description', (x) => [
    ...head('file'),
    ['Title', t(x)],
    ['Description', t(x, 1)],
    ['FileKey', raw('k')],
    ['FileMd5', raw('0123456789abcdef0123456789abcdef')],
    id,
  ]),
  shape('scan result', 'ScanCodeInfo.ScanResult', (x) => [
    ...head('event', 'scancode_waitmsg'),
    ['EventKey', raw('rselfmenu_0_0')],
    [
      'ScanCodeInfo',
      [
        ['ScanType', raw('qrcode')],
        ['ScanResult', t(x)],
      ],
    ],
  ]),
  shape('chosen place', 'SendLocationInfo.Label SendLocationInfo.Poiname', (x) => [
    ...head('event', 'location_select'),
    ['EventKey', raw('rselfmenu_2_0')],
    [
      'SendLocationInfo',
      [
        ['Location_X', raw('23')],
        ['Scale', raw('15')],
        ['Label', t(x)],
        ['Poiname', t(x, 1)],
      ],
    ],
    encrypted,
  ]),
  shape('scene', 'EventKey', (x) => [...head('event', 'SCAN'), ['EventKey', t(x)], ['Ticket', raw('tk')]]),
  shape('menu key', 'EventKey', (x) => [...head('event', 'CLICK'), ['EventKey', t(x)]]),
  shape('menu address', 'EventKey', (x) => [...head('event', 'VIEW'), ['EventKey', t(x)], ['MenuId', '1']]),
  shape('unknown event', 'EventKey', (x) => [...head('event', 'new'), ['EventKey', t(x)], ['X', raw('x')]]),
  shape('session', 'SessionFrom', (x) => [...head('event', 'user_enter_tempsession'), ['SessionFrom', t(x)]]),
  shape('card', 'OuterStr', (x) => [
    ...head('event', 'user_get_card'),
    ['CardId', raw('p1')],
    ['OuterStr', t(x)],
    ['IsRestoreMemberCard', '0'],
  ]),
  shape('invoice title', 'title phone tax_no addr bank_type bank_no attach', (x) => [
    ...head('event', 'submit_invoice_title'),
    ...['title', 'phone', 'tax_no', 'addr', 'bank_type', 'bank_no', 'attach'].map(
      (name, index) => [name, t(x, index)] as const,
    ),
    ['title_type', raw('InvoiceUserTitleBusinessType')],
  ]),
];

// Everything with which a text can pass for the rest of a push.
const names = ['Content', 'Title', 'Description', 'Url', 'Label', 'Poiname', 'ScanResult', 'EventKey'];
const notTyped = [
  'MsgType',
  'FromUserName',
  'Event',
  'MsgId',
  'bizmsgmenuid',
  'Encrypt',
  'New',
  'xml',
  'ScanCodeInfo',
];
const allNames = fc.constantFrom(
  ...names,
  ...notTyped,
  'title',
  'phone',
  'Recognition',
  'SessionFrom',
  'OuterStr',
);
const own = fc.constantFrom('@', '@', '@'); // becomes the name of the field itself
const name = fc.oneof({ weight: 3, arbitrary: own }, { weight: 2, arbitrary: allNames });
const piece = fc.oneof(
  fc.constantFrom(
    ']]>',
    ']',
    ']]',
    '>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<?',
    '?>',
    '<',
    '</xml>',
    '<xml>',
    '&lt;',
    '&',
  ),
  fc.constantFrom(
    '你',
    '😀',
    'if (arr[a[0]]>1) {}',
    '\n',
    ' ',
    '"',
    "'",
    'x',
    ' a="',
    '<!DOCTYPE a>',
    ']]> </@>',
  ),
  name.map((n) => `]]></${n}>`),
  name.map((n) => `<${n}><![CDATA[`),
  name.map((n) => `</${n}>`),
  name.map((n) => `<${n}>`),
  fc.tuple(name, name, name).map(([a, b, c]) => `]]></${a}>\n<${b}>101</${b}><${c}><![CDATA[`),
  fc.tuple(name, name).map(([a, b]) => `]]></${a}>\n<${b}><![CDATA[`),
);
const typed = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const texts = (paths: readonly string[]) =>
  fc.tuple(...paths.map((path) => typed.map((text) => text.replaceAll('@', nameOf(path)))));

/** As XML reads a text that happens to be written as XML escapes it: nobody can tell it from an escaped one. */
const asRead = (text: string): string =>
  /\]\]>(?!<!\[CDATA\[)/.test(text) ? text : text.replaceAll(']]><![CDATA[', '');

/** True if a text holds the very border of its field and the next, so that bytes alone do not tell where it is. */
const holdsBorder = (given: readonly string[], paths: readonly string[]): boolean =>
  given.some((text) =>
    paths.slice(1).some((path, index) => {
      const [before, after] = [nameOf(paths[index] ?? ''), nameOf(path)];
      return new RegExp(`\\]\\]>\\s*</${before}\\s*>\\s*<${after}\\s*>\\s*<!\\[CDATA\\[`).test(text);
    }),
  );

/** All leaves of a push by their paths, repeated ones with their number. */
function leaves(value: FieldValue, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
const pick = (read: Record<string, string>, paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, read[path] ?? 'missing']));
const flat = (xml: string, read = parseXml): Record<string, string> => Object.fromEntries(leaves(read(xml)));

describe.each(shapes)('given a push with texts that people typed: $name', ({ paths, write: parts }) => {
  const innocent = flat(push(parts(paths.map(() => 'innocent'))));

  test('when they type anything at all, then each text is as typed and no other field changes', () => {
    let typedEnds = 0;
    fc.assert(
      fc.property(texts(paths), fc.constantFrom('\n', '', '\n    '), (given, gap) => {
        if (given.some((text) => text.includes(']]>'))) typedEnds += 1;
        const read = flat(push(parts(given), gap));
        const asTyped = Object.fromEntries(paths.map((path, index) => [path, asRead(given[index] ?? '')]));
        const theirs = holdsBorder(given, paths) ? pick(read, paths) : asTyped;
        expect(Object.entries(read)).toEqual(Object.entries({ ...innocent, ...theirs }));
      }),
      { numRuns: inLongForm(2_500, { else: 100 }) },
    );
    expect(typedEnds).toBeGreaterThan(20);
  });

  test("when the layout is not WeChat's own, then the same holds", () => {
    fc.assert(
      fc.property(texts(paths), (given) => {
        const read = flat(`<?xml version="1.0"?>\r\n<!-- c -->${push(parts(given))}`, parseAnyXml);
        expect(read).toEqual(flat(push(parts(given))));
      }),
      { numRuns: inLongForm(1_000, { else: 40 }) },
    );
  });
});

const text = (content: string): string => push([...head('text'), ['Content', raw(content)], id]);

describe('given texts that were reported and typed', () => {
  test.each([
    'a ]]> b',
    ']]>',
    'if (arr[a[0]]>1) {}',
    '<a><![CDATA[x]]></a>',
    'x]]></Content><bizmsgmenuid>101</bizmsgmenuid><Content><![CDATA[y',
    'x]]></Content><MsgType><![CDATA[event]]></MsgType><Content><![CDATA[y',
    'x]]></Content><FromUserName><![CDATA[o1]]></FromUserName><Content><![CDATA[y',
    'x]]></Content><Event><![CDATA[subscribe]]></Event><Content><![CDATA[y',
    'x]]></Content><MsgId>1</MsgId></xml>',
    'x]]></Content>\n<MsgId>1</MsgId>\n</xml><!--',
    ']]></Content><Content><![CDATA[',
  ])('when %j comes as it is, then it is the text', (content) => {
    expect(flat(text(content))).toEqual({ ...flat(text('')), Content: content });
  });

  test('when a text is written as XML escapes it, then it is read as XML reads it', () => {
    expect(flat(text('a]]]]><![CDATA[>b'))['Content']).toBe('a]]>b');
  });

  test('when one of several texts imitates a border, then it stays among the texts of that person', () => {
    const link = (...x: string[]) =>
      flat(push([...head('link'), ['Title', t(x)], ['Description', t(x, 1)], ['Url', t(x, 2)], id]));
    const forged = ']]></Description>\n<Url><![CDATA[https://bank.example';
    expect(link('t', forged, 'https://evil.example')).toMatchObject({
      Title: 't',
      Description: forged,
      Url: 'https://evil.example',
    });
  });
});

describe('given a text in a field of which we do not know that people fill it', () => {
  test.each([
    ['a bare end', 'a]]>b'],
    ['another field', 'x]]></F><MsgId>1</MsgId><F><![CDATA[y'],
    ['a new field', 'x]]></F><Evil>1</Evil><F><![CDATA[y'],
    ['a block', 'x]]></F><Evil><F><![CDATA[1]]></F></Evil><F><![CDATA[y'],
  ])('when it holds %s, then the push is refused', (_, content) => {
    for (const type of ['new', 'text', '']) {
      const xml = push([...head(type), ['F', raw(content)], id]);
      for (const body of [xml, `<?xml version="1.0"?>${xml}`]) {
        expect(() => parseXml(body)).toThrow(expect.objectContaining({ reason: 'body_unreadable' }));
      }
    }
  });

  test('when the texts of two such fields complete each other, then the push is refused', () => {
    for (const [f, g] of [
      ['x]]></F><Evil>1</Evil><A><F><![CDATA[', ']]></G></A><G><![CDATA[y'],
      ['x]]></F><Evil>1</Evil><!--', '--><G><![CDATA[y'],
      ['x]]></F><Evil>1</Evil><?', '?><G><![CDATA[y'],
      ['x]]></F><Evil>1</Evil><A b="', '"><G><![CDATA[y'],
    ] as const) {
      expect(() => parseXml(push([...head('new'), ['F', raw(f)], ['G', raw(g)], id]))).toThrow(PushRefused);
    }
  });
});

describe('given bodies that were made to be slow', () => {
  test.each([
    ['ends', ']]></Content>'],
    ['ends with blanks', `]]>${' '.repeat(500)}`],
    ['borders', ']]></Title>\n<Description><![CDATA['],
    ['openings', '<Content><![CDATA['],
    ['elements', ']]></Content><A><Content><![CDATA['],
  ])('when a megabyte of %s is typed, then it is read or refused in time that grows with it', (_, part) => {
    const typedText = part.repeat(1_000_000 / part.length);
    const started = performance.now();
    for (const type of ['text', 'link', 'submit_invoice_title']) {
      const others: Part[] = [...head('event', type), ['EventKey', raw('k')]];
      const parts: Part[] = type === 'text' ? [...head('text'), ['Content', raw(typedText)]] : others;
      try {
        parseXml(push([...parts, ['Title', raw(typedText)], ['title', raw(typedText)], id]));
      } catch (error) {
        expect(error).toBeInstanceOf(PushRefused);
      }
    }
    expect(performance.now() - started).toBeLessThan(10_000); // linear takes some 200 ms, quadratic minutes
  });
});
