import { forgeRequest } from './forge-request.js';
import type { ProbeResult, Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import type { Rule } from './rule.js';
import { reformatted, acceptsRule } from './accepts-rule.js';
import { everyAccepted } from './assertions.js';

const withoutCdata = (xml: string): string => xml.replaceAll(/<!\[CDATA\[([^<&]*?)\]\]>/g, '$1');

/** However the XML is laid out, it is the same push. */
export const layoutRules: readonly Rule[] = [
  acceptsRule(
    {
      id: 'xml-layouts',
      level: 'must',
      title: 'Texts without CDATA and numbers within CDATA are accepted',
      says: 'Samples leave strings bare, and some events wrap their numbers.',
      source: '接收普通消息; 接收事件推送, 自定义菜单事件',
      remedy: 'Use an XML parser, not a pattern that looks for CDATA.',
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
      title: 'Blanks around CDATA, a declaration, a BOM and stray text are accepted',
      says: 'Gateways write XML anew, and clients have left words between elements.',
      source: '接收普通消息',
      remedy: 'Strip a BOM, and let an XML parser do the rest.',
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
      reformatted(target, 'a text behind a BOM', (xml) => `\uFEFF${xml}`),
      reformatted(target, 'a text between blank lines', (xml) => `\n  ${xml}\r\n\n`),
      reformatted(target, 'a text with a stray word in it', (xml) =>
        xml.replace('</xml>', 'webwx_msg_cli_ver_0x1</xml>'),
      ),
    ],
  ),
  acceptsRule(
    {
      id: 'probe-without-type',
      level: 'should',
      title: 'A probe without MsgType is answered `success`',
      says: 'Cloud hosting asks for the path with a body that is no push.',
      source: '微信云托管, 消息推送',
      remedy: 'Answer `success` to readable XML that has no MsgType.',
    },
    (target) => [['a probe', { ...text(target, ''), xml: '<xml><action>CheckContainerPath</action></xml>' }]],
  ),
  acceptsRule(
    {
      id: 'long-text',
      level: 'should',
      title: 'A text longer than a reply may be is accepted',
      says: 'The limit of 2,048 bytes is one of replies; of what users send no limit is known.',
      source: '被动回复用户消息, 回复文本消息',
      remedy: 'Take bodies of at least 64 KB.',
    },
    (target) => [['a text of 24,000 bytes', text(target, freshWord().repeat(2400))]],
  ),
  {
    id: 'content-type-ignored',
    group: 'bodies',
    level: 'should',
    title: 'The Content-Type of a push does not matter',
    says: 'No page says which one WeChat sends.',
    source: '接收普通消息',
    remedy: 'Read the raw bytes, and keep body parsers away from the callback.',
    async check(probe) {
      const types = [
        'text/xml',
        'application/xml; charset=utf-8',
        'text/plain',
        'application/json',
        undefined,
      ];
      return everyAccepted(await Promise.all(types.map((contentType) => sentAs(probe, contentType))));
    },
  },
];

function sentAs(probe: Probe, contentType: string | undefined): Promise<ProbeResult> {
  const push = text(probe.target, freshWord());
  const signed = forgeRequest(push.xml, probe.target);
  return probe.send(push, signed, `a text with Content-Type ${contentType ?? 'left out'}`, { contentType });
}
