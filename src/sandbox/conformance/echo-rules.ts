import { leaf } from './answer.js';
import type { Probe } from './probe.js';
import { text } from './pushes.js';
import { broken, holds, notJudged, type Finding, type Rule } from './rule.js';

const source = '接收普通消息, 文本消息; 被动回复用户消息, 回复文本消息';

/** Texts that lose something in careless hands. */
const kinds: readonly (Pick<Rule, 'id' | 'title' | 'remedy'> & { readonly texts: readonly string[] })[] = [
  {
    id: 'text-numbers-as-typed',
    title: 'A text that looks like a number stays as typed',
    remedy: 'Keep every value of the XML a string; switch the parser’s guessing off.',
    texts: ['007', '1e5', '0x1F', '1.0', '+86', 'true', '7458942855399079936'],
  },
  {
    id: 'text-blanks-as-typed',
    title: 'Blanks and newlines of a text stay as typed',
    remedy: 'Do not trim what stands in CDATA.',
    texts: ['   a   ', 'a\n\n  b', '\ta\t'],
  },
  {
    id: 'text-markup-as-typed',
    title: 'Markup in a text stays text',
    remedy: 'Do not decode CDATA, and do not escape what is written into CDATA.',
    texts: ['<b>x</b>', '&amp;', '<![CDATA[x', '&lt;a href="x"&gt;', '</xml>'],
  },
  {
    id: 'text-cdata-end-as-typed',
    title: 'The end of CDATA in a text stays text',
    remedy: 'Read adjacent CDATA sections as one text, and split "]]>" over two when writing.',
    texts: ['a]]>b', ']]>', ']]]]>>'],
  },
  {
    id: 'text-emoji-as-typed',
    title: 'Letters of every script stay as typed',
    remedy: 'Read and write UTF-8 throughout, four-byte letters included.',
    texts: ['你好，世界', '😀', '👩‍👩‍👧', '𠮷野家', 'e\u0301\u200d'],
  },
];

async function unharmed(probe: Probe, texts: readonly string[]): Promise<Finding> {
  if (!(await probe.echoes()))
    return notJudged('the server does not repeat what it is sent; name a text that it repeats with --echo');
  const results = await Promise.all(
    texts.map(async (typed) => ({
      typed,
      ...(await probe.push(text(probe.target, typed), `the text ${JSON.stringify(typed)}`)),
    })),
  );
  const harmed = results.find(({ typed, answer }) => !leaf(answer.fields?.['Content']).includes(typed));
  return harmed === undefined
    ? holds
    : broken(harmed.exchange, `the reply does not hold ${JSON.stringify(harmed.typed)}`);
}

export const echoRules: readonly Rule[] = kinds.map(({ texts, ...rule }) => ({
  ...rule,
  group: 'replies',
  level: 'must',
  says: 'Content is what the user typed, and what the user is to read.',
  source,
  check: (probe) => unharmed(probe, texts),
}));
