import { forgeHandshake, parameter, withParameters, type Query } from './forge-request.js';
import type { Exchange } from './exchange.js';
import type { Probe } from './probe.js';
import { broken, holds, type Finding, type Rule } from './rule.js';

const source = '接入概述, 验证消息的确来自微信服务器';
const ECHO = '437512094834535';

const isEcho = ({ status, body }: Exchange, echostr: string): boolean =>
  status === 200 && body.equals(Buffer.from(echostr));

/** Each echostr comes back, byte for byte. */
async function echoed(probe: Probe, echostrs: readonly string[]): Promise<Finding> {
  for (const echostr of echostrs) {
    const exchange = await probe.get(
      forgeHandshake(echostr, probe.target),
      `the handshake with echostr ${JSON.stringify(echostr)}`,
    );
    if (!isEcho(exchange, echostr))
      return broken(exchange, `status 200 and exactly ${echostr} were expected`);
  }
  return holds;
}

/** None of the forged handshakes is told its echostr. */
async function keptBack(
  probe: Probe,
  forged: readonly (readonly [label: string, query: Query])[],
): Promise<Finding> {
  for (const [label, query] of forged) {
    const exchange = await probe.get(query, `a handshake with ${label}`);
    if (exchange.text.includes(ECHO)) return broken(exchange, 'the echostr was given away');
  }
  return holds;
}

export const handshakeRules: readonly Rule[] = [
  {
    id: 'handshake-echo-exact',
    group: 'handshake',
    level: 'must',
    title: 'A handshake is answered with its echostr and nothing else',
    says: 'The answer to the GET is the echostr as it came; with anything around it the console does not save the URL.',
    source,
    remedy: 'Write the bytes of echostr with status 200: no quotes, no newline, no JSON, no BOM, no sealing.',
    check: (probe) => echoed(probe, [ECHO]),
  },
  {
    id: 'handshake-echo-is-text',
    group: 'handshake',
    level: 'must',
    title: 'An echostr is text, however much it looks like a number',
    says: 'The echostr is a random string; digits beyond 2^63 occur.',
    source,
    remedy: 'Never let a framework or a parser turn echostr into a number.',
    check: (probe) => echoed(probe, ['14324296167175543775', '0071', '1e5']),
  },
  {
    id: 'handshake-echo-decoded',
    group: 'handshake',
    level: 'should',
    title: 'An echostr is percent-decoded once',
    says: 'The parameters travel in a query string.',
    source,
    remedy: 'Decode the query once, as UTF-8, and write what comes out.',
    check: (probe) => echoed(probe, ['a b+c&d=e%/?#"你']),
  },
  {
    id: 'handshake-signature-order',
    group: 'handshake',
    level: 'must',
    title: 'Token, timestamp and nonce are sorted as texts',
    says: 'The three strings are sorted in dictionary order before they are joined and hashed.',
    source,
    remedy:
      'Sort the three as strings, byte by byte; not as numbers, not by locale. Leave leading zeros alone.',
    async check(probe) {
      for (const nonce of ['9', '0012', '99999999999']) {
        const query = forgeHandshake(ECHO, probe.target, { nonce });
        const exchange = await probe.get(query, `the handshake with nonce ${nonce}`);
        if (!isEcho(exchange, ECHO))
          return broken(exchange, 'a handshake that is rightly signed was refused');
      }
      return holds;
    },
  },
  {
    id: 'handshake-wrong-signature',
    group: 'handshake',
    level: 'must',
    title: 'A handshake with a wrong signature is not answered',
    says: 'Only if the signature fits does the request come from WeChat.',
    source,
    remedy: 'Compare all 40 digits of the signature, and answer 403 without the echostr.',
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      const signature = parameter(good, 'signature');
      return keptBack(probe, [
        ['the signature of another token', forgeHandshake(ECHO, probe.target, { token: 'another' })],
        [
          'one digit of the signature changed',
          withParameters(good, { signature: lastDigitChanged(signature) }),
        ],
        ['half of the signature', withParameters(good, { signature: signature.slice(0, 20) })],
        ['a signature that is too long', withParameters(good, { signature: `${signature}0` })],
      ]);
    },
  },
  {
    id: 'handshake-missing-parameter',
    group: 'handshake',
    level: 'must',
    title: 'A handshake without signature, timestamp or nonce is not answered',
    says: 'All of them come with every handshake.',
    source,
    remedy: 'Take an absent or empty parameter for a refusal.',
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      return keptBack(probe, [
        ['no signature', withParameters(good, { signature: undefined })],
        ['an empty signature', withParameters(good, { signature: '' })],
        ['no timestamp', withParameters(good, { timestamp: undefined })],
        ['no nonce', withParameters(good, { nonce: undefined })],
      ]);
    },
  },
  {
    id: 'handshake-repeated-signature',
    group: 'handshake',
    level: 'should',
    title: 'A handshake with two signatures is not answered',
    says: 'Each parameter comes once.',
    source,
    remedy: 'Refuse a parameter that stands twice, rather than choose one of the two.',
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      const wrong = ['signature', lastDigitChanged(parameter(good, 'signature'))] as const;
      return keptBack(probe, [
        ['a second, wrong signature', [...good, wrong]],
        ['a wrong signature before the right one', [wrong, ...good]],
      ]);
    },
  },
  {
    id: 'handshake-signature-case',
    group: 'handshake',
    level: 'should',
    title: 'A signature in upper case is not taken',
    says: 'The signature is written in lower-case hexadecimal digits.',
    source,
    remedy: 'Compare the text as it came, without folding its case.',
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      const signature = parameter(good, 'signature').toUpperCase();
      return keptBack(probe, [['the signature in upper case', withParameters(good, { signature })]]);
    },
  },
  {
    id: 'handshake-plain-text',
    group: 'handshake',
    level: 'should',
    title: 'An echostr is not served as a page',
    says: 'Nothing but the text is wanted, and the text is a stranger’s.',
    source,
    remedy: 'Send Content-Type: text/plain, so that no browser runs what stands in echostr.',
    async check(probe) {
      const label = 'the handshake with markup as echostr';
      const exchange = await probe.get(forgeHandshake('<b>1</b>', probe.target), label);
      if (!/html|xml|svg|javascript/i.test(exchange.contentType) && exchange.contentType !== '') return holds;
      return broken(exchange, `its Content-Type is ${exchange.contentType || 'missing'}`);
    },
  },
  {
    id: 'visitor-is-refused',
    group: 'handshake',
    level: 'should',
    title: 'A GET without any signature is answered 4xx',
    says: 'Scanners and search engines find the URL as well.',
    source,
    remedy: 'Answer 403 or 400 to whatever is not signed.',
    async check(probe) {
      const exchange = await probe.get([], 'a GET without parameters');
      const { status = 0 } = exchange;
      return status >= 400 && status < 500 ? holds : broken(exchange, 'a status of 400 to 499 was expected');
    },
  },
];

const lastDigitChanged = (signature: string): string =>
  signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0');
