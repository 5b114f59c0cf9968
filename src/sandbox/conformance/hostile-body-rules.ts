import type { ProbeResult, Probe } from './probe.js';
import { freshWord, text, type Case } from './pushes.js';
import { broken, holds, notJudged, type Finding, type Rule } from './rule.js';
import { survived } from './assertions.js';

const source = '消息加解密说明, 注意事项';
const xmlNotice = '关于XML解析存在的安全问题指引';

/** A body that no WeChat would send. */
const hostile = (probe: Probe, label: string, xml: string): Case => [
  label,
  { ...text(probe.target, ''), xml, isText: false },
];

/** Sends hostile bodies, each followed by a valid text, and judges the responses until the server stops answering. */
async function sendEach(
  probe: Probe,
  cases: readonly Case[],
  judge: (result: ProbeResult) => Finding = () => holds,
): Promise<Finding> {
  let undecided: Finding = holds;
  for (const [label, push] of cases) {
    const result = await probe.attempt(push, label);
    const found = [judge(result), await survived(probe, [result])];
    const fault = found.find(({ type }) => type === 'broken');
    if (fault !== undefined) return fault;
    undecided = found.find(({ type }) => type === 'not-judged') ?? undecided;
  }
  return undecided;
}

/** Returns a valid text push with markup in front and other content. */
function laced(probe: Probe, doctype: string, content: string): string {
  const word = freshWord();
  return (
    doctype +
    text(probe.target, word).xml.replace(/<Content>[\s\S]*<\/Content>/, () => `<Content>${content}</Content>`)
  );
}

const contentOf = ({ answer }: ProbeResult): string => JSON.stringify(answer.fields?.['Content'] ?? '');

const brokenBodies = (probe: Probe): readonly Case[] => {
  const { xml } = text(probe.target, freshWord());
  return [
    hostile(probe, 'an empty body', ''),
    hostile(probe, 'a body that is no XML', 'hello'),
    hostile(probe, 'XML that was cut', xml.slice(0, xml.length / 2)),
    hostile(probe, 'XML whose tags do not match', xml.replace('</Content>', '</Contents>')),
    hostile(probe, 'a body that begins like JSON', '{"MsgType":'),
  ];
};

/** The severest first: where one of them kills the server, those behind it are not judged. */
export const hostileBodyRules: readonly Rule[] = [
  {
    id: 'external-entity-not-read',
    group: 'bodies',
    level: 'must',
    turn: 'hostile',
    title: { en: 'A file that an external entity names is not read', zh: '不读取外部实体指向的文件' },
    says: {
      en: 'No push has a DOCTYPE; the security notice on XML parsers asks to switch external entities off.',
      zh: '推送里没有 DOCTYPE；关于 XML 解析的安全公告要求关闭外部实体。',
    },
    source: xmlNotice,
    remedy: {
      en: 'Refuse a body with a DOCTYPE, or switch external entities off in the parser.',
      zh: '拒绝带 DOCTYPE 的消息体，或在解析器里关闭外部实体。',
    },
    check: (probe) =>
      sendEach(
        probe,
        [
          hostile(
            probe,
            'a text with an external entity',
            laced(probe, '<!DOCTYPE xml [<!ENTITY own SYSTEM "file:///etc/passwd">]>', '&own;'),
          ),
        ],
        (result) =>
          /root:|bin\/sh/.test(contentOf(result))
            ? broken(result.exchange, { en: 'the file was read', zh: '服务器读取了文件' })
            : holds,
      ),
  },
  {
    id: 'doctype-not-expanded',
    group: 'bodies',
    level: 'should',
    turn: 'hostile',
    title: { en: 'Entities of a DOCTYPE are not expanded', zh: '不展开 DOCTYPE 里的实体' },
    says: {
      en: 'No push has a DOCTYPE; the security notice on XML parsers asks to refuse what stands in it.',
      zh: '推送里没有 DOCTYPE；关于 XML 解析的安全公告要求拒绝其中的内容。',
    },
    source: xmlNotice,
    remedy: {
      en: 'Refuse a body with a DOCTYPE, or switch entities off in the parser.',
      zh: '拒绝带 DOCTYPE 的消息体，或在解析器里关闭实体。',
    },
    check(probe) {
      const word = freshWord();
      const doctype = `<!DOCTYPE xml [<!ENTITY own "${word}">]>`;
      return sendEach(
        probe,
        [hostile(probe, 'a text with an entity of its own', laced(probe, doctype, '&own;'))],
        (result) =>
          contentOf(result).includes(word)
            ? broken(result.exchange, { en: 'the entity was expanded', zh: '服务器展开了实体' })
            : holds,
      );
    },
  },
  {
    id: 'entity-bomb-survived',
    group: 'bodies',
    level: 'must',
    turn: 'hostile',
    title: { en: 'An entity bomb costs nothing', zh: '实体炸弹不起作用' },
    says: { en: 'No push has a DOCTYPE.', zh: '推送里没有 DOCTYPE。' },
    source: xmlNotice,
    remedy: {
      en: 'Refuse a body with a DOCTYPE before it is parsed.',
      zh: '解析之前就拒绝带 DOCTYPE 的消息体。',
    },
    check(probe) {
      const levels = Array.from(
        { length: 9 },
        (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
      );
      const doctype = `<!DOCTYPE xml [<!ENTITY e0 "${'x'.repeat(50)}">${levels.join('')}]>`;
      return sendEach(probe, [hostile(probe, 'an entity bomb', laced(probe, doctype, '&e9;'))]);
    },
  },
  {
    id: 'deep-nesting-survived',
    group: 'bodies',
    level: 'must',
    turn: 'hostile',
    title: { en: 'Ten thousand nested elements cost nothing', zh: '一万层嵌套不起作用' },
    says: { en: 'The elements of a push are a few levels deep.', zh: '推送的元素只嵌套几层。' },
    source,
    remedy: {
      en: 'Limit the depth of elements, or parse without recursion.',
      zh: '限制元素的嵌套层数，或使用不递归的解析器。',
    },
    check(probe) {
      const deep = '<a>'.repeat(10_000) + '</a>'.repeat(10_000);
      return sendEach(probe, [hostile(probe, 'ten thousand nested elements', `<xml>${deep}</xml>`)]);
    },
  },
  {
    id: 'broken-xml-survived',
    group: 'bodies',
    level: 'must',
    turn: 'hostile',
    title: { en: 'The server survives a body that is not XML', zh: '请求体不是 XML 时，服务器继续运行' },
    says: {
      en: 'A signature does not cover the body in plaintext mode, so anybody who saw one push can send any body.',
      zh: '明文模式下签名不覆盖消息体，看到过一个推送的人可以换上任意内容再发。',
    },
    source,
    remedy: {
      en: 'Catch what the parser throws, and answer 403 (or `success`).',
      zh: '捕获解析器抛出的异常，返回 403（或 `success`）。',
    },
    check: (probe) => sendEach(probe, brokenBodies(probe)),
  },
  {
    id: 'broken-xml-refused',
    group: 'bodies',
    level: 'should',
    turn: 'hostile',
    title: {
      en: 'A body that is not XML is not answered with text and status 200',
      zh: '请求体不是 XML 时，不以状态码 200 返回文字',
    },
    says: {
      en: 'Whatever is neither `success`, nothing, nor reply XML counts as a failure.',
      zh: '既不是 `success`、空串，也不是回复 XML 的，都算失败。',
    },
    source: '报警排查指引, 回应失败',
    remedy: {
      en: 'Answer 403 (or `success`) to what cannot be read; no error page with status 200.',
      zh: '读不懂的请求返回 403（或 `success`），不要用状态码 200 返回错误页。',
    },
    check: (probe) =>
      sendEach(probe, brokenBodies(probe), (result) => {
        const { kind } = result.answer;
        if (kind === 'other' || kind === 'reply')
          return broken(result.exchange, { en: 'it was answered with words', zh: '应答里有文字' });
        return result.exchange.failure === undefined
          ? holds
          : notJudged({ en: 'no answer came', zh: '没有应答' });
      }),
  },
];
