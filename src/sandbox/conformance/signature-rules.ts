import {
  forgeRequest,
  freshNonce,
  parameter,
  withParameters,
  type SignedPushRequest,
  type Query,
} from './forge-request.js';
import type { Probe, ProbeResult } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, holds, type Finding, type Rule } from './rule.js';
import { spoiled } from '../wire/sign.js';
import { everyAccepted, noneAccepted } from './assertions.js';

const source = '接入概述, 消息真实性; 消息加解密说明, 消息体验证';

type Forgery = readonly [label: string, forge: (push: SignedPushRequest, probe: Probe) => SignedPushRequest];

/** Sends each forgery of a valid text. In sealed modes `msg_signature` is the signature that counts. */
async function refused(probe: Probe, forgeries: readonly Forgery[]): Promise<Finding> {
  const results: ProbeResult[] = [];
  for (const [label, forge] of forgeries) {
    const push = text(probe.target, freshWord());
    const signed = forge(forgeRequest(push.xml, probe.target), probe);
    results.push(await probe.send(push, signed, `a text with ${label}`));
  }
  return noneAccepted(probe, results);
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

export const signatureRules: readonly Rule[] = [
  {
    id: 'push-accepted',
    group: 'signature',
    level: 'must',
    title: { en: 'A correctly signed text is accepted with status 200', zh: '签名正确的文字消息返回 200' },
    says: {
      en: 'A push is answered with status 200 and a reply, `success` or nothing.',
      zh: '对推送的应答是状态码 200，内容为回复、`success` 或空。',
    },
    source: '被动回复用户消息',
    remedy: {
      en: 'Compare token, key, AppID and mode with the options of this command, the clocks of both machines, and, if the server knows the account’s gh_ id, say --original-id.',
      zh: '核对 Token、密钥、AppID、加密模式与本命令的选项是否一致，两台机器的时钟是否一致；服务器如果核对账号的原始 ID（gh_…），加上 --original-id。',
    },
    async check(probe) {
      return everyAccepted(probe, [await probe.control()]);
    },
  },
  {
    id: 'push-wrong-signature',
    group: 'signature',
    level: 'must',
    title: { en: 'A push with a wrong signature is refused', zh: '签名错误的推送不予接受' },
    says: {
      en: 'Whoever does not know the token cannot sign; such a request does not come from WeChat.',
      zh: '不知道 Token 就无法签名，这样的请求不是来自微信。',
    },
    source,
    remedy: {
      en: 'Check the signature before anything else, all 40 digits of it, and answer 403.',
      zh: '先校验签名，40 位都要比较，不符就返回 403。',
    },
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
    title: { en: 'A part of the signature is not enough', zh: '只有部分签名不够' },
    says: { en: 'The signature is 40 digits long.', zh: '签名有 40 位。' },
    source,
    remedy: { en: 'Compare the lengths first, then every byte.', zh: '先比较长度，再逐字节比较。' },
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
    turn: 'alone',
    title: { en: 'A push without a signature is refused', zh: '没有签名的推送不予接受' },
    says: { en: 'Every push is signed.', zh: '每个推送都有签名。' },
    source,
    remedy: {
      en: 'Take an absent or empty signature, timestamp or nonce for a refusal.',
      zh: 'signature、timestamp、nonce 缺失或为空，一律拒绝。',
    },
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
    level: 'advice',
    title: { en: 'A push with its signature in upper case is refused', zh: '签名为大写的推送不予接受' },
    says: {
      en: 'The signature is written in lower-case hexadecimal digits.',
      zh: '签名是小写的十六进制数。',
    },
    source,
    remedy: {
      en: 'Compare the text as it came, without folding its case.',
      zh: '按收到的原文比较，不要转换大小写。',
    },
    check: (probe) => refused(probe, [['its signature in upper case', signaturesAs((s) => s.toUpperCase())]]),
  },
  {
    id: 'push-repeated-signature',
    group: 'signature',
    level: 'advice',
    turn: 'alone',
    title: { en: 'A push with two signatures is refused', zh: '带有两个签名的推送不予接受' },
    says: { en: 'Each parameter comes once.', zh: '每个参数只出现一次。' },
    source,
    remedy: {
      en: 'Refuse a parameter that stands twice, rather than choose one of the two.',
      zh: '同一参数出现两次就拒绝，不要任选其一。',
    },
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
    level: 'advice',
    title: { en: 'Refused requests get a status from 400 to 499', zh: '拒绝时的状态码在 400 到 499 之间' },
    says: { en: 'Status 200 is for what was accepted.', zh: '状态码 200 表示已接受。' },
    source: '报警排查指引, 回应失败',
    remedy: { en: 'Answer 403 with an empty body.', zh: '返回 403，应答体为空。' },
    async check(probe) {
      const { query, body } = forgeRequest(text(probe.target, freshWord()).xml, probe.target);
      const push = text(probe.target, freshWord());
      const label = 'a text with a wrong signature';
      const { exchange } = await probe.send(push, { body, query: changeSignatures(query, spoiled) }, label);
      const { status = 0 } = exchange;
      return status >= 400 && status < 500
        ? holds
        : broken(exchange, { en: 'a status of 400 to 499 was expected', zh: '状态码应在 400 到 499 之间' });
    },
  },
];
