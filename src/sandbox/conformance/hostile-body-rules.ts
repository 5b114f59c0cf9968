import type { ProbeResult, Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, type Rule } from './rule.js';
import { survived } from './assertions.js';

const source = '消息加解密说明, 注意事项';

/** Signs bodies that no WeChat would send, and says each of them to the server. */
const say = (
  probe: Probe,
  bodies: readonly (readonly [label: string, xml: string])[],
): Promise<ProbeResult[]> =>
  Promise.all(bodies.map(([label, xml]) => probe.push({ ...text(probe.target, ''), xml }, label)));

/** An honest text with markup put before it and its content replaced. */
function laced(probe: Probe, doctype: string, content: string): string {
  const word = freshWord();
  return (
    doctype +
    text(probe.target, word).xml.replace(/<Content>[\s\S]*<\/Content>/, `<Content>${content}</Content>`)
  );
}

export const hostileBodyRules: readonly Rule[] = [
  {
    id: 'broken-xml-survived',
    group: 'bodies',
    level: 'must',
    title: 'A body that is no XML gets a clean answer',
    says: 'Whatever is neither `success`, nothing, nor reply XML counts as a failure.',
    source: '报警排查指引, 回应失败',
    remedy: 'Answer 403 (or `success`) to what cannot be read; no error page with status 200.',
    async check(probe) {
      const { xml } = text(probe.target, freshWord());
      const results = await say(probe, [
        ['an empty body', ''],
        ['a body that is no XML', 'hello'],
        ['XML that was cut', xml.slice(0, xml.length / 2)],
        ['XML whose tags do not match', xml.replace('</Content>', '</Contents>')],
        ['a body that begins like JSON', '{"MsgType":'],
      ]);
      return survived(probe, results);
    },
  },
  {
    id: 'doctype-not-expanded',
    group: 'bodies',
    level: 'must',
    title: 'Entities of a DOCTYPE are not expanded',
    says: 'No push has a DOCTYPE; the security notice on XML parsers asks to switch external entities off.',
    source: '关于XML解析存在的安全问题指引',
    remedy: 'Refuse a body with a DOCTYPE, or switch entities off in the parser.',
    async check(probe) {
      const word = freshWord();
      const results = await say(probe, [
        [
          'a text with an entity of its own',
          laced(probe, `<!DOCTYPE xml [<!ENTITY own "${word}">]>`, '&own;'),
        ],
        [
          'a text with an external entity',
          laced(probe, '<!DOCTYPE xml [<!ENTITY own SYSTEM "file:///etc/passwd">]>', '&own;'),
        ],
      ]);
      const content = ({ answer }: ProbeResult) => JSON.stringify(answer.fields?.['Content'] ?? '');
      const expanded = results.find(
        (one) => content(one).includes(word) || /root:|bin\/sh/.test(content(one)),
      );
      if (expanded !== undefined) return broken(expanded.exchange, 'the entity was expanded');
      return survived(probe, results);
    },
  },
  {
    id: 'entity-bomb-survived',
    group: 'bodies',
    level: 'must',
    title: 'An entity bomb costs nothing',
    says: 'No push has a DOCTYPE.',
    source: '关于XML解析存在的安全问题指引',
    remedy: 'Refuse a body with a DOCTYPE before it is parsed.',
    async check(probe) {
      const levels = Array.from(
        { length: 9 },
        (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
      );
      const doctype = `<!DOCTYPE xml [<!ENTITY e0 "${'x'.repeat(50)}">${levels.join('')}]>`;
      return survived(probe, await say(probe, [['an entity bomb', laced(probe, doctype, '&e9;')]]));
    },
  },
  {
    id: 'deep-nesting-survived',
    group: 'bodies',
    level: 'must',
    title: 'Ten thousand nested elements cost nothing',
    says: 'The elements of a push are a few levels deep.',
    source,
    remedy: 'Limit the depth of elements, or parse without recursion.',
    async check(probe) {
      const deep = '<a>'.repeat(10_000) + '</a>'.repeat(10_000);
      const results = await say(probe, [['ten thousand nested elements', `<xml>${deep}</xml>`]]);
      return survived(probe, results);
    },
  },
];
