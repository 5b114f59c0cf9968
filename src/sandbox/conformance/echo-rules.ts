import type { CdataEnd } from '../wire/push-xml.js';
import { everyAccepted } from './assertions.js';
import type { Probe, ProbeResult } from './probe.js';
import { text, type Case } from './pushes.js';
import { CDATA_ENDS, MARKUP } from './sample.js';
import { broken, holds, notJudged, type Finding, type Rule } from './rule.js';

const source = '接收普通消息, 文本消息; 被动回复用户消息, 回复文本消息';

/** Texts that a careless implementation changes. */
const kinds: readonly (Pick<Rule, 'id' | 'level' | 'title' | 'remedy'> & {
  readonly texts: readonly string[];
  readonly layout?: CdataEnd;
})[] = [
  {
    id: 'text-numbers-as-typed',
    level: 'must',
    title: { en: 'A text that looks like a number stays as typed', zh: '像数字的文字保持原样' },
    remedy: {
      en: 'Keep every value of the XML a string; switch the parser’s guessing off.',
      zh: 'XML 里的值一律按字符串处理，关掉解析器的类型转换。',
    },
    texts: ['007', '1e5', '0x1F', '1.0', '+86', 'true', '7458942855399079936'],
  },
  {
    id: 'text-blanks-as-typed',
    level: 'should',
    title: { en: 'Blanks and newlines of a text stay as typed', zh: '文字里的空白和换行保持原样' },
    remedy: { en: 'Do not trim what stands in CDATA.', zh: '不要去掉 CDATA 里首尾的空白。' },
    texts: ['   a   ', 'a\n\n  b', '\ta\t'],
  },
  {
    id: 'text-markup-as-typed',
    level: 'must',
    title: { en: 'Markup in a text stays text', zh: '文字里的标记仍是文字' },
    remedy: {
      en: 'Do not decode CDATA, and do not escape what is written into CDATA.',
      zh: '不要对 CDATA 里的内容解码，写入 CDATA 时也不要转义。',
    },
    texts: MARKUP,
  },
  {
    id: 'text-cdata-end-as-typed',
    level: 'should',
    title: { en: 'An escaped end of CDATA in a text stays text', zh: '文字里转义过的 CDATA 结束符仍是文字' },
    remedy: {
      en: 'Read adjacent CDATA sections as one text, and split "]]>" over two when writing.',
      zh: '相邻的 CDATA 段读作一段文字，写出时把 "]]>" 拆到两段里。',
    },
    texts: CDATA_ENDS,
    layout: { escapesCdataEnd: true },
  },
  {
    id: 'text-emoji-as-typed',
    level: 'must',
    title: { en: 'Characters of every script stay as typed', zh: '各种文字和表情保持原样' },
    remedy: {
      en: 'Read and write UTF-8 throughout, four-byte letters included.',
      zh: '读写都用 UTF-8，包括四字节的字符。',
    },
    texts: ['你好，世界', '😀', '👩‍👩‍👧', '𠮷野家', 'e\u0301\u200d'],
  },
];

const casesOf = (probe: Probe, texts: readonly string[], layout: CdataEnd = {}): readonly Case[] =>
  texts.map((typed) => [`the text ${JSON.stringify(typed)}`, text(probe.target, typed, {}, layout)]);

async function unharmed(probe: Probe, texts: readonly string[], layout?: CdataEnd): Promise<Finding> {
  if (!(await probe.echoes()))
    return notJudged({
      en: 'the server does not repeat what it is sent; name a text that it repeats with --echo',
      zh: '服务器不复述收到的内容；请用 --echo 指定它会复述的文字',
    });
  const results = await Promise.all(
    casesOf(probe, texts, layout).map(([label, push]) => probe.push(push, label)),
  );
  return repeated(texts, results);
}

/** Every reply holds the text of its push. */
function repeated(texts: readonly string[], results: readonly ProbeResult[]): Finding {
  const replies = results.map((result, index) => ({ ...result, typed: texts[index] ?? '' }));
  const readable = replies.filter(({ answer }) => !answer.faults.includes('malformed'));
  const harmed = readable.find(({ typed, answer }) => !(answer.content ?? '').includes(typed));
  if (harmed !== undefined)
    return broken(harmed.exchange, {
      en: `the reply does not hold ${JSON.stringify(harmed.typed)}`,
      zh: `回复里没有 ${JSON.stringify(harmed.typed)}`,
    });
  return readable.length === replies.length
    ? holds
    : notJudged({
        en: 'such a reply is not well-formed XML: see reply-well-formed',
        zh: '这种回复的 XML 格式有误，见 reply-well-formed',
      });
}

/** WeChat's own way to write what XML has no room for, by public reports: no page of the platform tells. */
const unescapedEnd: Rule = {
  id: 'text-cdata-end-unescaped',
  group: 'replies',
  level: 'should',
  turn: 'alone',
  title: {
    en: 'An end of CDATA that is not escaped stays text',
    zh: '文字里未转义的 CDATA 结束符仍是文字',
  },
  says: {
    en: 'Public reports show a typed "]]>" in CDATA as it was typed, so the body is not well-formed XML.',
    zh: '据公开的报告，用户输入的 "]]>" 会原样出现在 CDATA 里，消息体因此不是格式正确的 XML。',
  },
  source,
  remedy: {
    en: 'Before an XML parser reads the body, let Content end at the last "]]></Content>".',
    zh: '交给 XML 解析器之前，先以最后一个 "]]></Content>" 作为 Content 的结尾。',
  },
  async check(probe) {
    const results = await probe.pushAll(casesOf(probe, CDATA_ENDS));
    const taken = await everyAccepted(probe, results);
    return taken.type === 'holds' && (await probe.echoes()) ? repeated(CDATA_ENDS, results) : taken;
  },
};

export const echoRules: readonly Rule[] = [
  ...kinds.map(({ texts, layout, ...rule }): Rule => ({
    ...rule,
    group: 'replies',
    says: {
      en: 'Content is what the user typed, and what the user is to read.',
      zh: 'Content 就是用户输入的内容，也是用户要读到的内容。',
    },
    source,
    check: (probe) => unharmed(probe, texts, layout),
  })),
  unescapedEnd,
];
