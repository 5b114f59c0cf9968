import { forgeRequest } from './forge-request.js';
import type { ProbeResult, Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import type { Rule } from './rule.js';
import { reformatted, acceptsRule } from './accepts-rule.js';
import { everyAccepted } from './assertions.js';

const withoutCdata = (xml: string): string => xml.replaceAll(/<!\[CDATA\[([^<&]*?)\]\]>/g, '$1');

/** Rules: the layout of the XML makes no difference. */
export const layoutRules: readonly Rule[] = [
  acceptsRule(
    {
      id: 'xml-layouts',
      level: 'must',
      title: {
        en: 'Texts without CDATA and numbers within CDATA are accepted',
        zh: '文字不用 CDATA，数字放在 CDATA 里，都接受',
      },
      says: {
        en: 'Samples leave strings bare, and some events wrap their numbers.',
        zh: '文档的示例里，有的字符串不用 CDATA，有的数字反而用。',
      },
      source: '接收普通消息; 接收事件推送, 自定义菜单事件',
      remedy: {
        en: 'Use an XML parser, not a pattern that looks for CDATA.',
        zh: '用 XML 解析器，不要用正则表达式找 CDATA。',
      },
    },
    (target) => [
      reformatted(target, 'a text without any CDATA', withoutCdata),
      reformatted(target, 'a text with its numbers in CDATA', (xml) =>
        xml.replaceAll(/>(\d+)</g, '><![CDATA[$1]]><'),
      ),
      reformatted(target, 'a text on one line', (xml) => xml.replaceAll('\n', '')),
    ],
  ),
  acceptsRule(
    {
      id: 'xml-oddities',
      level: 'should',
      title: {
        en: 'Blanks around CDATA, a declaration and stray text are accepted',
        zh: 'CDATA 前后的空白、XML 声明和零散文字都接受',
      },
      says: {
        en: 'Gateways write XML anew, and clients have left words between elements.',
        zh: '网关会重写 XML，也有客户端在元素之间留下文字。',
      },
      source: '接收普通消息',
      remedy: { en: 'Leave the layout to an XML parser.', zh: '格式交给 XML 解析器处理。' },
    },
    (target) => [
      reformatted(target, 'a text with blanks around CDATA', (xml) =>
        xml.replaceAll('<![', ' <![').replaceAll(']]>', ']]> '),
      ),
      reformatted(
        target,
        'a text behind an XML declaration',
        (xml) => `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
      ),
      reformatted(target, 'a text between blank lines', (xml) => `\n  ${xml}\r\n\n`),
      reformatted(target, 'a text with a stray word in it', (xml) =>
        xml.replace('</xml>', 'webwx_msg_cli_ver_0x1</xml>'),
      ),
    ],
  ),
  acceptsRule(
    {
      id: 'bom-in-push',
      level: 'advice',
      title: { en: 'A BOM before the XML of a push is passed over', zh: '推送的 XML 之前有 BOM，照常处理' },
      says: {
        en: 'No push has one; gateways that write XML anew may add it.',
        zh: '推送里没有 BOM，但重写 XML 的网关可能加上。',
      },
      source: '接收普通消息',
      remedy: { en: 'Strip a BOM before parsing.', zh: '解析之前去掉 BOM。' },
    },
    (target) => [reformatted(target, 'a text behind a BOM', (xml) => `\uFEFF${xml}`)],
  ),
  {
    id: 'probe-without-type',
    group: 'bodies',
    level: 'advice',
    turn: 'alone',
    title: { en: 'The probe of cloud hosting is answered `success`', zh: '云托管的探测请求返回 `success`' },
    says: {
      en: 'Cloud hosting asks for the path with a body that is no push, and without a signature.',
      zh: '云托管会探测路径，请求体不是推送，也没有签名。',
    },
    source: '微信云托管, 消息推送',
    remedy: {
      en: 'Answer `success` to a body whose action is CheckContainerPath, where the server stands in cloud hosting.',
      zh: '部署在云托管时，对 action 为 CheckContainerPath 的请求返回 `success`。',
    },
    cloudHosting: true,
    async check(probe) {
      const push = { ...text(probe.target, ''), xml: '<xml><action>CheckContainerPath</action></xml>' };
      const inXml = await probe.send(
        push,
        { query: [], body: push.xml },
        'the probe of cloud hosting, in XML',
      );
      const inJson = await probe.send(
        push,
        { query: [], body: '{"action":"CheckContainerPath"}' },
        'the probe of cloud hosting, in JSON',
        { contentType: 'application/json' },
      );
      return everyAccepted(probe, [inXml, inJson]);
    },
  },
  acceptsRule(
    {
      id: 'long-text',
      level: 'should',
      title: { en: 'A text longer than a reply may be is accepted', zh: '接受比回复上限更长的文字' },
      says: {
        en: 'The limit of 2,048 bytes is one of replies; of what users send no limit is known.',
        zh: '2048 字节是对回复的限制；用户发来的内容没有已知的限制。',
      },
      source: '被动回复用户消息, 回复文本消息',
      remedy: { en: 'Take bodies of at least 64 KB.', zh: '至少接受 64 KB 的消息体。' },
    },
    (target) => [['a text of 24,000 bytes', text(target, freshWord().repeat(2400))]],
  ),
  {
    id: 'content-type-ignored',
    group: 'bodies',
    level: 'advice',
    turn: 'alone',
    title: { en: 'The Content-Type of a push does not matter', zh: '不看推送的 Content-Type' },
    says: { en: 'No page says which one WeChat sends.', zh: '文档没有说明微信用的是哪一种。' },
    source: '接收普通消息',
    remedy: {
      en: 'Read the raw bytes, and keep body parsers away from the callback.',
      zh: '读取原始字节，回调路径上不要用请求体解析中间件。',
    },
    async check(probe) {
      const types = [
        'text/xml',
        'application/xml; charset=utf-8',
        'text/plain',
        'application/json',
        undefined,
      ];
      return everyAccepted(probe, await Promise.all(types.map((contentType) => sentAs(probe, contentType))));
    },
  },
];

function sentAs(probe: Probe, contentType: string | undefined): Promise<ProbeResult> {
  const push = text(probe.target, freshWord());
  const label = `a text with Content-Type ${contentType ?? 'left out'}`;
  return probe.pushAs(push, label, () => forgeRequest(push.xml, probe.target), { contentType });
}
