import {
  forgeRequest,
  freshNonce,
  parameter,
  withParameters,
  type SignedPushRequest,
  type Query,
} from './forge-request.js';
import type { Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, holds, type Finding, type Rule } from './rule.js';
import { everyAccepted, noneBelieved } from './assertions.js';

const source = '接入概述, 消息真实性; 消息加解密说明, 消息体验证';

type Forgery = readonly [label: string, forge: (push: SignedPushRequest, probe: Probe) => SignedPushRequest];

/** Sends each forgery of an honest text. In sealed modes the signature that counts is `msg_signature`. */
async function refused(probe: Probe, forgeries: readonly Forgery[]): Promise<Finding> {
  const results = await Promise.all(
    forgeries.map(([label, forge]) => {
      const push = text(probe.target, freshWord());
      return probe.send(push, forge(forgeRequest(push.xml, probe.target), probe), `a text with ${label}`);
    }),
  );
  return noneBelieved(probe, results);
}

/** Changes every signature of the query. */
const signaturesAs =
  (change: (signature: string) => string | undefined) =>
  ({ query, body }: SignedPushRequest): SignedPushRequest => ({
    body,
    query: changeSignatures(query, change),
  });

const changeSignatures = (query: Query, change: (signature: string) => string | undefined): Query =>
  query.flatMap(([name, value]) => {
    const changed = isSignature(name) ? change(value) : value;
    return changed === undefined ? [] : [[name, changed] as const];
  });

const isSignature = (name: string): boolean => name === 'signature' || name === 'msg_signature';
const spoiled = (signature: string): string => signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0');

export const signatureRules: readonly Rule[] = [
  {
    id: 'push-accepted',
    group: 'signature',
    level: 'must',
    title: 'A text that is rightly signed is accepted with status 200',
    says: 'A push is answered with status 200 and a reply, `success` or nothing.',
    source: '被动回复用户消息',
    remedy:
      'Compare token, key, AppID and mode with the options of this command, the clocks of both machines, and, if the server knows the account’s gh_ id, say --original-id.',
    async check(probe) {
      return everyAccepted([await probe.control()]);
    },
  },
  {
    id: 'push-wrong-signature',
    group: 'signature',
    level: 'must',
    title: 'A push with a wrong signature is not believed',
    says: 'Whoever does not know the token cannot sign; such a request does not come from WeChat.',
    source,
    remedy: 'Check the signature before anything else, all 40 digits of it, and answer 403.',
    check: (probe) =>
      refused(probe, [
        ['one digit of the signature changed', signaturesAs(spoiled)],
        ['the signature of other parameters', signaturesAs(() => '0'.repeat(40))],
        [
          'the nonce changed after signing',
          ({ query, body }) => ({ body, query: withParameters(query, { nonce: freshNonce() }) }),
        ],
      ]),
  },
  {
    id: 'push-signature-whole',
    group: 'signature',
    level: 'must',
    title: 'A part of the signature is not enough',
    says: 'The signature is 40 digits long.',
    source,
    remedy: 'Compare the lengths first, then every byte.',
    check: (probe) =>
      refused(probe, [
        ['the first eight digits of the signature', signaturesAs((signature) => signature.slice(0, 8))],
        ['39 digits of the signature', signaturesAs((signature) => signature.slice(0, -1))],
        ['a digit too many', signaturesAs((signature) => `${signature}0`)],
      ]),
  },
  {
    id: 'push-missing-signature',
    group: 'signature',
    level: 'must',
    title: 'A push without a signature is not believed',
    says: 'Every push is signed.',
    source,
    remedy: 'Take an absent or empty signature, timestamp or nonce for a refusal.',
    check: (probe) =>
      refused(probe, [
        ['no query at all', ({ body }) => ({ body, query: [] })],
        ['no signature', signaturesAs(() => undefined)],
        ['an empty signature', signaturesAs(() => '')],
      ]),
  },
  {
    id: 'push-signature-case',
    group: 'signature',
    level: 'should',
    title: 'A push with its signature in upper case is not believed',
    says: 'The signature is written in lower-case hexadecimal digits.',
    source,
    remedy: 'Compare the text as it came, without folding its case.',
    check: (probe) => refused(probe, [['its signature in upper case', signaturesAs((s) => s.toUpperCase())]]),
  },
  {
    id: 'push-repeated-signature',
    group: 'signature',
    level: 'should',
    title: 'A push with two signatures is not believed',
    says: 'Each parameter comes once.',
    source,
    remedy: 'Refuse a parameter that stands twice, rather than choose one of the two.',
    check(probe) {
      const name = probe.target.mode === 'plaintext' ? 'signature' : 'msg_signature';
      const wrong = (query: Query) => [name, spoiled(parameter(query, name))] as const;
      return refused(probe, [
        ['a second, wrong signature', ({ query, body }) => ({ body, query: [...query, wrong(query)] })],
        [
          'a wrong signature before the right one',
          ({ query, body }) => ({ body, query: [wrong(query), ...query] }),
        ],
      ]);
    },
  },
  {
    id: 'push-refused-by-status',
    group: 'signature',
    level: 'should',
    title: 'What is refused hears a status of 400 to 499',
    says: 'Status 200 is for what was accepted.',
    source: '报警排查指引, 回应失败',
    remedy: 'Answer 403 with an empty body.',
    async check(probe) {
      const { query, body } = forgeRequest(text(probe.target, freshWord()).xml, probe.target);
      const push = text(probe.target, freshWord());
      const label = 'a text with a wrong signature';
      const { exchange } = await probe.send(push, { body, query: changeSignatures(query, spoiled) }, label);
      const { status = 0 } = exchange;
      return status >= 400 && status < 500 ? holds : broken(exchange, 'a status of 400 to 499 was expected');
    },
  },
  {
    id: 'push-openid-optional',
    group: 'signature',
    level: 'must',
    title: 'A push may come without openid, and with parameters nobody knows',
    says: 'openid stands beside most pushes, not all; a URL may have a query of its own.',
    source,
    remedy: 'Ask the query for what the signature needs, and for nothing else.',
    async check(probe) {
      const push = text(probe.target, freshWord());
      const { query, body } = forgeRequest(push.xml, probe.target);
      const without = withParameters(query, { openid: undefined });
      return everyAccepted([
        await probe.send(push, { body, query: without }, 'a text without openid'),
        await probe.push(push, 'the same text with openid'),
        await probe.send(
          text(probe.target, freshWord()),
          another(probe, (own) => [['conformance', '1'], ...own, ['new', 'x']]),
          'a text with two unknown parameters',
        ),
      ]);
    },
  },
  {
    id: 'push-stale-timestamp',
    group: 'signature',
    level: 'advice',
    title: 'A push of yesterday is refused',
    says: 'The platform names no window; the signature alone does not keep anyone from sending a captured request again.',
    source,
    remedy: 'Refuse a timestamp that is more than some minutes from the clock.',
    async check(probe) {
      const timestamp = String(Math.floor(Date.now() / 1000) - 86_400);
      const push = text(probe.target, freshWord());
      return noneBelieved(probe, [await probe.push(push, 'a text signed yesterday', { timestamp })]);
    },
  },
];

function another(probe: Probe, change: (query: Query) => Query): SignedPushRequest {
  const { query, body } = forgeRequest(text(probe.target, freshWord()).xml, probe.target);
  return { body, query: change(query) };
}
