import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { scanXml } from '../../../src/protocol/xml-scanner.js';
import { parseAnyXml } from '../../../src/protocol/xml.js';
import { inLongForm } from '../../support/proof/long-form.js';

const folder = 'fixtures/pushes';
const samples = readdirSync(folder)
  .filter((file) => file.endsWith('.xml') && !file.startsWith('hostile.deep'))
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8'));

/** Returns the full parser's result for a body, with the order of the keys; `undefined` if it refuses. */
function decided(xml: string): string | undefined {
  try {
    return JSON.stringify(parseAnyXml(xml));
  } catch {
    return undefined;
  }
}

/** The scanner may say nothing; what it says must be what the full parser says. True if it spoke. */
function agrees(xml: string): boolean {
  const scanned = scanXml(xml);
  if (scanned === undefined) return false;
  expect(JSON.stringify(scanned)).toBe(decided(xml));
  return true;
}

// Pieces that are most of XML, and much that merely looks like it.
const name = fc.constantFrom(
  'A',
  'b',
  'item',
  'xml',
  'MsgId',
  '__proto__',
  'toString',
  'a1',
  '_',
  'a-b',
  '1a',
  '名',
);
const shortText = fc.string({
  unit: fc.constantFrom(
    ...Array.from('aZ0 \n\t\r\u3000\u00a0\uFEFF\0\u000b你😀&<>]["\'=/!?-'),
    '&lt;',
    '&#65;',
    ']]>',
    '\ud800',
  ),
  maxLength: 6,
});
const calmText = fc.string({ unit: fc.constantFrom(...Array.from('aZ0 \n\t\u3000你😀][')), maxLength: 6 });
const cdata = fc.oneof(calmText, shortText).map((text) => `<![CDATA[${text}]]>`);
const blank = fc.constantFrom('', '', '', '\n', ' ', '\t\n');
const leaf = fc.oneof(
  { weight: 4, arbitrary: cdata },
  { weight: 4, arbitrary: calmText },
  { weight: 1, arbitrary: shortText },
  {
    weight: 1,
    arbitrary: fc.constantFrom('<!-- c -->', '<?pi x?>', '<!DOCTYPE a>', '&amp;', '<a/>', '<', '</'),
  },
);
const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(name, tie('content'), blank).map(([n, c, b]) => `<${n}>${c}</${n}>${b}`),
    },
    { weight: 1, arbitrary: name.map((n) => `<${n}/>`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, name, leaf)
        .map(([open, close, c]) => `<${open} ${close}="1">${c}</${open} >`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(name, name, leaf).map(([open, close, c]) => `<${open}>${c}</${close}>`),
    },
  ),
  content: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.tuple(blank, fc.array(tie('element'), { maxLength: 4 })).map(([b, all]) => b + all.join('')),
    fc.tuple(leaf, leaf).map((both) => both.join('')),
  ),
}));
const before = fc.constantFrom('', '', '', '', '\uFEFF', '\n', '<?xml version="1.0"?>', '<!-- -->', 'x');
const after = fc.constantFrom('', '', '', '', '\n', ' ', 'x', '<!-- -->', '<a/>', '</xml>');
const document = fc
  .tuple(before, blank, fc.array(element, { maxLength: 5 }), after)
  .map(([start, b, elements, end]) => `${start}<xml>${b}${elements.join('')}</xml>${end}`);

describe('given the scanner and the full parser', () => {
  test('when documents of every sort are read, then the scanner never says what the parser does not', () => {
    let spoken = 0;
    fc.assert(
      fc.property(document, (xml) => {
        if (agrees(xml)) spoken += 1;
      }),
      { numRuns: inLongForm(15_000, { else: 5_000 }) },
    );
    expect(spoken).toBeGreaterThan(150); // or the comparison would be an empty one
  });

  test('when the samples are damaged anywhere, then the same holds', () => {
    let spoken = 0;
    const piece = fc.oneof(
      leaf,
      shortText,
      name.map((n) => `</${n}>`),
      name.map((n) => `<${n}>`),
    );
    const damage = fc.record({
      sample: fc.constantFrom(...samples),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      dropped: fc.nat({ max: 12 }),
      put: fc.oneof(fc.constant(''), piece),
    });
    fc.assert(
      fc.property(damage, ({ sample, at, dropped, put }) => {
        const cut = Math.floor(at * sample.length);
        if (agrees(sample.slice(0, cut) + put + sample.slice(cut + dropped))) spoken += 1;
      }),
      { numRuns: inLongForm(10_000, { else: 4_000 }) },
    );
    expect(spoken).toBeGreaterThan(80);
  });

  test('when the samples come as they are, then the scanner reads nearly all that can be read', () => {
    const legible = samples.filter((xml) => decided(xml) !== undefined);
    const scanned = samples.filter((xml) => agrees(xml));
    expect(scanned.length).toBeGreaterThan(legible.length * 0.9);
  });
});

describe('given bodies made to be slow', () => {
  const size = 1_000_000;
  test.each([
    ['names', `<xml><${'a'.repeat(size)}`],
    ['open tags', `<xml>${'<a>'.repeat(size / 3)}`],
    ['unfinished CDATA', `<xml><A>${'<![CDATA['.repeat(size / 9)}`],
    ['brackets', `<xml><A><![CDATA[${']'.repeat(size)}`],
    ['blanks', `<xml>${' '.repeat(size)}x`],
    ['tiny elements', `<xml>${'<a>1</a>'.repeat(size / 8)}`],
    ['text with blanks in it', `<xml><a>${' x'.repeat(size / 2)}</a>`],
  ])('when a megabyte of %s comes, then it gives up at once', (_, xml) => {
    const started = performance.now();
    expect(scanXml(xml)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000); // linear takes some 50 ms, quadratic minutes
  });
});
