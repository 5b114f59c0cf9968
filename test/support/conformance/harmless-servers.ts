import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import { parseXml } from '../../../src/protocol/xml.js';
import { reference, says, usualReply, type Steps } from './reference-server.js';

/** A server that does something in its own way, which no rule forbids, or fewer than a suite might blame. */
export interface HarmlessServer {
  readonly does: string;
  readonly mode?: CipherMode;
  /** The only rules that it breaks, by id. */
  readonly breaks: readonly string[];
  /** Made anew for each server, as some remember. */
  readonly steps: () => Partial<Steps>;
}

const QUOTING = says('<h1>Forbidden</h1><p>GET /wechat?echostr=437512094834535</p>', 'text/html', 403);

/** Several ways in one server, since each server costs a whole run. */
const ways: readonly HarmlessServer[] = [
  {
    does: 'quotes its URL to strangers, answers deep nesting with words and PUT with 501, writes milliseconds and trims texts',
    breaks: ['reply-create-time-seconds', 'text-blanks-as-typed'],
    steps: () => ({
      refuse: () => QUOTING,
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      glance({ method, body }) {
        if (/PUT|DELETE/.test(method)) return says('', 'text/plain', 501);
        return body.includes('<a><a><a>') ? says('too deep') : undefined;
      },
      write: (xml) => xml.replace(/<CreateTime>(\d+)/, '<CreateTime>$1000'),
      content: (fields) => reference.content(fields).trim(),
    }),
  },
  {
    does: 'refuses with words and status 200, and seals an empty text where there is nothing to say',
    mode: 'safe',
    breaks: ['visitor-is-refused', 'push-refused-by-status', 'broken-xml-refused', 'nothing-not-sealed'],
    steps: () => ({
      refuse: () => says('decrypt error!'),
      limitBytes: 4 * 1024 * 1024,
      silence: '',
      sealsReplies: 'always',
    }),
  },
  {
    does: 'writes texts without CDATA behind a newline, repeats an entity as it was typed, and runs attempts anew without a sign of it',
    breaks: ['no-blanks-before-body'],
    steps: () => ({
      remembers: false,
      handle: (fields, _, content) => usualReply(fields, 1, content),
      write: bareContent,
      say: (body) => (body === 'success' ? body : `\n${body}`),
      parse: (xml) => parseXml(xml.replace(/^<!DOCTYPE[^]*?\]>/, '').replaceAll(/&(own|e9);/g, '&amp;$1;')),
    }),
  },
  {
    does: 'writes ]]> of users as it is, and runs every attempt',
    breaks: ['reply-well-formed', 'attempts-run-once', 'attempts-of-event-run-once'],
    steps: () => ({ remembers: false, write: (xml) => xml.replaceAll(']]]]><![CDATA[>', ']]>') }),
  },
];

export const harmlessServers: readonly HarmlessServer[] = ways.map(({ steps, ...server }) => ({
  ...server,
  steps: () => ({ handlingMs: () => 1, ...steps() }),
}));

/** The reply with its Content in references instead of CDATA. */
function bareContent(xml: string): string {
  return xml.replace(/<Content>(.*)<\/Content>/s, (_, cdata: string) => {
    const typed = cdata.replaceAll(']]]]><![CDATA[>', ']]>').slice('<![CDATA['.length, -']]>'.length);
    return `<Content>${typed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</Content>`;
  });
}
