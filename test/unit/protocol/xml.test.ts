import { describe, expect, test } from '@jest/globals';
import { PushRefused } from '../../../src/protocol/refusal.js';
import { parseXml } from '../../../src/protocol/xml.js';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const read = (xml: string): unknown => plain(parseXml(xml));

describe('given well-formed XML', () => {
  test.each([
    ['an empty root', '<xml></xml>', {}],
    ['a self-closing root', '<xml/>', {}],
    ['a byte-order mark', '\uFEFF<xml><A>1</A></xml>', { A: '1' }],
    ['a declaration', '<?xml version="1.0" encoding="UTF-8"?>\n<xml><A>1</A></xml>\n', { A: '1' }],
    ['a look-alike number', '<xml><A>007</A><B>1e5</B><C>true</C></xml>', { A: '007', B: '1e5', C: 'true' }],
    ['layout around text', '<xml><A>\n 1 \t</A></xml>', { A: '1' }],
    ['the ideographic space', '<xml><A>\u3000x\u3000</A></xml>', { A: '\u3000x\u3000' }],
    ['layout around CDATA', '<xml><A> <![CDATA[ x ]]> </A></xml>', { A: ' x ' }],
    ['CDATA in two pieces', '<xml><A><![CDATA[a]]]]><![CDATA[>b]]></A></xml>', { A: 'a]]>b' }],
    ['CDATA beside text', '<xml><A>no<![CDATA[yes]]>no</A></xml>', { A: 'yes' }],
    ['empty CDATA beside text', '<xml><A>no<![CDATA[]]></A></xml>', { A: '' }],
    ['entities', '<xml><A>&lt;&amp;&gt;&quot;&apos;&#20320;&#x1F604;</A></xml>', { A: '<&>"\'你😄' }],
    ['an entity of an entity', '<xml><A>&amp;lt;</A></xml>', { A: '&lt;' }],
    ['entities in CDATA', '<xml><A><![CDATA[&lt;]]></A></xml>', { A: '&lt;' }],
    ['empty elements', '<xml><A/><B></B><C> </C><D><![CDATA[]]></D></xml>', { A: '', B: '', C: '', D: '' }],
    ['a repeated element', '<xml><A>1</A><B>x</B><A>2</A><A/></xml>', { A: ['1', '2', ''], B: 'x' }],
    ['a repeated block', '<xml><A><B>1</B></A><A><B>2</B></A></xml>', { A: [{ B: '1' }, { B: '2' }] }],
    ['stray text', '<xml>x<A>1</A>y<B>z<C>2</C></B>w</xml>', { A: '1', B: { C: '2' } }],
    ['attributes', '<xml a="1"><A b=\'>\' c="]]>">1</A></xml>', { A: '1' }],
    ['comments', '<xml><!-- <A>0</A> --><A>1<!-- 2 -->3</A></xml>', { A: '13' }],
    ['a typed DOCTYPE', '<xml><A><![CDATA[<!DOCTYPE html>]]></A></xml>', { A: '<!DOCTYPE html>' }],
    ['carriage returns, which XML calls newlines', '<xml><A><![CDATA[a\r\nb]]></A></xml>', { A: 'a\nb' }],
    ['odd names', '<xml><a.b-c>1</a.b-c><名>2</名></xml>', { 'a.b-c': '1', 名: '2' }],
  ])('when it holds %s, then it is read', (_, xml, fields) => {
    expect(read(xml)).toEqual(fields);
  });

  test('when names are those of Object.prototype, then they are own keys and nothing else changes', () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      '__cdata',
      'valueOf',
    ];
    for (const form of ['1', '1<!-- the full parser -->']) {
      const fields = parseXml(`<xml>${names.map((name) => `<${name}>${form}</${name}>`).join('')}</xml>`);
      expect(Object.entries(fields)).toEqual(names.map((name) => [name, '1']));
      expect(Object.getPrototypeOf(fields)).toBeNull();
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each(['<a/>', '<a>1</a>', '<a> <!-- --> </a>'])(
    'when %s lies 16 deep, then it is read, and no deeper',
    (leaf) => {
      const nested = (depth: number): string =>
        `<xml>${'<a>'.repeat(depth - 1)}${leaf}${'</a>'.repeat(depth - 1)}</xml>`;
      expect(() => parseXml(nested(16))).not.toThrow();
      expect(() => parseXml(nested(17))).toThrow(PushRefused);
    },
  );
});

describe('given anything else', () => {
  test.each([
    ['', ' ', 'hello', '{}', '{"a":1}'],
    ['<xml>', '<xml><A>1', '<xml><A>1</B></xml>', '<xml><A>1</xml>', '</xml>', '<xml></xml></xml>'],
    [
      '<xml></xml><xml></xml>',
      '<xml/><xml/>',
      '<xml></xml>x',
      '<xml/>x',
      'x<xml></xml>',
      '<a></a>',
      '<XML></XML>',
    ],
    [
      '<xml></xml><x/>',
      '<xml></xml><x></x>',
      '<x/><xml></xml>',
      '<xml></xml><![CDATA[]]>',
      '<![CDATA[ ]]><xml/>',
    ],
    ['<![CDATA[x]]><xml></xml>', '<xml><A><![CDATA[x</A></xml>', '<xml><A>a]]>b</A></xml>', '<xml>]]></xml>'],
    ['<!DOCTYPE xml><xml></xml>', '<xml><!DOCTYPE a></xml>', '<xml><!ENTITY a "b"></xml>', '<xml><!x></xml>'],
    [
      '<xml><A>&</A></xml>',
      '<xml><A b></A></xml>',
      '<xml><A b="<"></A></xml>',
      '<xml><1>x</1></xml>',
      '<xml>< A></xml>',
    ],
    ['<xml a="><!-- "><!DOCTYPE x [<!ENTITY y "z">]><b c=" -->"/></xml>'],
    ['<xml>&foo;</xml>', '<xml><A>&nbsp;</A></xml>', '<xml><A>&#0;</A></xml>', '<xml><A>&#xD800;</A></xml>'],
    [
      '<xml><A>&#x110000;</A></xml>',
      '<xml><A>&#99999999;</A></xml>',
      '<xml>&</xml>',
      '<xml><A>&lt</A></xml>',
    ],
    [
      '<xml><!-- -- --></xml>',
      '<xml><!-- ---></xml>',
      '<xml><?xml version="1.0"?></xml>',
      '\n<?xml version="1.0"?><xml/>',
    ],
    ['<xml><!-- </xml>', '<xml></xml><!--', '<xml><? </xml>', `<xml>${'<a>'.repeat(50_000)}`],
  ])('when it comes, then it is refused: %j', (...bodies) => {
    for (const body of bodies) {
      expect(() => parseXml(body)).toThrow(expect.objectContaining({ reason: 'body_unreadable' }));
    }
  });

  test('when it is refused, then the message quotes nothing of it', () => {
    expect.assertions(1);
    try {
      parseXml('<xml><Content>秘密</Content><秘密>');
    } catch (error) {
      expect(String(error)).not.toContain('秘密');
    }
  });
});
