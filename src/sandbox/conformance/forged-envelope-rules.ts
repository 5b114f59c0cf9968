import { forgeRequest, parameter, withParameters } from './forge-request.js';
import type { ProbeResult, Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, faceOf, holds, type Rule } from './rule.js';
import { everyAccepted, isReply, noneAccepted } from './assertions.js';

const source = '消息加解密说明, 技术方案';
const sealed = ['compatible', 'safe'] as const;

/** A key that decrypts nothing of the target's. */
const OTHER_KEY = 'Y29uZm9ybWFuY2VDb25mb3JtYW5jZUNvbmZvcm1hbmM';

/** Rules: the server refuses forged envelopes, and plaintext where only sealed pushes are allowed. */
export const forgedEnvelopeRules: readonly Rule[] = [
  {
    id: 'plaintext-refused',
    group: 'sealing',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'In safe mode a push without encryption is refused',
      zh: '安全模式下，未加密的推送不予接受',
    },
    says: {
      en: 'In safe mode every body is sealed. A signature over the URL covers no body.',
      zh: '安全模式下每个消息体都加密。URL 里的签名不覆盖消息体。',
    },
    source,
    remedy: {
      en: 'Take the mode from the configuration, never from encrypt_type, and refuse a body without Encrypt.',
      zh: '加密模式由配置决定，不看 encrypt_type；没有 Encrypt 的消息体一律拒绝。',
    },
    modes: ['safe'],
    async check(probe) {
      const bare = text(probe.target, freshWord());
      const raw = text(probe.target, freshWord());
      const { query, body } = forgeRequest(raw.xml, probe.target, { mode: 'plaintext' });
      return noneAccepted(probe, [
        await probe.attempt(bare, 'a text in the clear', { mode: 'plaintext' }),
        await probe.send(
          raw,
          { body, query: [...query, ['encrypt_type', 'raw']] },
          'a text in the clear with encrypt_type=raw',
        ),
      ]);
    },
  },
  {
    id: 'unsigned-plaintext-refused',
    group: 'sealing',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'An unencrypted push without a query is refused',
      zh: '没有加密、也不带任何参数的推送不予接受',
    },
    says: {
      en: 'Where pushes come sealed, each is proved by msg_signature. Without a query nothing is proved.',
      zh: '推送加密时，每个都由 msg_signature 验证。没有 URL 参数，就什么都没有验证。',
    },
    source,
    remedy: {
      en: 'Take the mode from the configuration, and refuse a body that nothing proves.',
      zh: '加密模式由配置决定，没有任何验证的消息体一律拒绝。',
    },
    modes: sealed,
    async check(probe) {
      const push = text(probe.target, freshWord());
      const bare = { query: [], body: push.xml };
      return noneAccepted(probe, [await probe.send(push, bare, 'a text in the clear, without a query')]);
    },
  },
  {
    id: 'msg-signature-checked',
    group: 'sealing',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'A wrong msg_signature is refused although the signature is right',
      zh: 'signature 正确而 msg_signature 错误，同样拒绝',
    },
    says: {
      en: 'A sealed body is proved by msg_signature, which covers Encrypt; signature covers only the URL.',
      zh: '加密的消息体由 msg_signature 验证，它覆盖 Encrypt；signature 只覆盖 URL 里的参数。',
    },
    source,
    remedy: {
      en: 'Check msg_signature over token, timestamp, nonce and Encrypt, whatever signature says.',
      zh: '用 Token、timestamp、nonce 和 Encrypt 校验 msg_signature，不管 signature 是否正确。',
    },
    modes: sealed,
    async check(probe) {
      const results = async (label: string, msgSignature: (right: string) => string | undefined) => {
        const push = text(probe.target, freshWord());
        const { query, body } = forgeRequest(push.xml, probe.target);
        const changed = withParameters(query, {
          msg_signature: msgSignature(parameter(query, 'msg_signature')),
        });
        return probe.send(push, { body, query: changed }, label);
      };
      return noneAccepted(probe, [
        await results('a text with a wrong msg_signature', () => '0'.repeat(40)),
        await results('a text without msg_signature', () => undefined),
      ]);
    },
  },
  {
    id: 'foreign-app-id-refused',
    group: 'sealing',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'A push that was sealed for another AppID is refused',
      zh: '用别的 AppID 加密的推送不予接受',
    },
    says: {
      en: 'The AppID stands at the end of what was sealed, and is to be compared with one’s own.',
      zh: '解密后的内容以 AppID 结尾，应与自己的比较。',
    },
    source,
    remedy: {
      en: 'Compare everything behind the message with your AppID.',
      zh: '消息之后的全部内容都要与自己的 AppID 比较。',
    },
    modes: sealed,
    async check(probe) {
      const foreign = (label: string, appId: string) =>
        probe.attempt(text(probe.target, freshWord()), `a text sealed for ${label}`, { appId });
      return noneAccepted(probe, [
        await foreign('another AppID', 'wx0000000000000000'),
        await foreign('an AppID that begins like ours', `${probe.target.appId}0`),
        await foreign('no AppID', ''),
      ]);
    },
  },
  {
    id: 'wrong-key-refused',
    group: 'sealing',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'A push that was sealed with another key is refused',
      zh: '用别的密钥加密的推送不予接受',
    },
    says: {
      en: 'Only WeChat and the server know the EncodingAESKey.',
      zh: '只有微信和服务器知道 EncodingAESKey。',
    },
    source,
    remedy: {
      en: 'Check padding, length and AppID after opening; a wrong key raises no error of its own.',
      zh: '解密后检查填充、长度和 AppID；密钥不对时，解密本身不会报错。',
    },
    modes: sealed,
    async check(probe) {
      const push = text(probe.target, freshWord());
      return noneAccepted(probe, [
        await probe.attempt(push, 'a text sealed with another key', { encodingAesKey: OTHER_KEY }),
      ]);
    },
  },
  {
    id: 'damage-refused',
    group: 'sealing',
    level: 'should',
    turn: 'hostile',
    title: {
      en: 'A damaged envelope is refused, and the server keeps running',
      zh: '密文损坏时拒绝，服务器继续运行',
    },
    says: {
      en: 'Padding, length field and AppID of an opened envelope have to fit.',
      zh: '解密后，填充、长度字段和 AppID 都必须正确。',
    },
    source,
    remedy: {
      en: 'Check 1 ≤ padding ≤ 32, all its bytes, and that the length field stays within what was opened.',
      zh: '检查填充长度在 1 到 32 之间、每个填充字节都正确，长度字段不超出解密后的内容。',
    },
    modes: sealed,
    async check(probe) {
      const damages: readonly (readonly [string, (encrypt: string) => string])[] = [
        ['its length field changed', flipped((bytes) => bytes.subarray(0, 1))],
        ['its padding changed', flipped((bytes) => bytes.subarray(-17, -16))],
        ['its last block missing', (encrypt) => bytesOf(encrypt).subarray(0, -16).toString('base64')],
        ['half a block missing', (encrypt) => bytesOf(encrypt).subarray(0, -7).toString('base64')],
        ['text that is no Base64', () => '!!!'],
      ];
      const results: ProbeResult[] = [];
      for (const [label, tamper] of damages) {
        results.push(
          await probe.attempt(text(probe.target, freshWord()), `an envelope with ${label}`, { tamper }),
        );
        const served = await everyAccepted(probe, [await honest(probe)]);
        if (served.type !== 'holds') return served;
      }
      return noneAccepted(probe, results);
    },
  },
  {
    id: 'missing-encrypt-survived',
    group: 'sealing',
    level: 'must',
    turn: 'hostile',
    title: {
      en: 'A push that claims to be sealed but has no Encrypt is refused and does no harm',
      zh: '声称加密却没有 Encrypt 的推送不予接受，服务器继续运行',
    },
    says: {
      en: 'In safe mode every body has Encrypt. Anybody can send one that has none, with any signature.',
      zh: '安全模式下每个消息体都有 Encrypt。没有 Encrypt 的请求，谁都能发，签名可以任意。',
    },
    source,
    remedy: {
      en: 'Refuse a body without Encrypt before anything is opened.',
      zh: '没有 Encrypt 的消息体，解密之前就拒绝。',
    },
    modes: sealed,
    async check(probe) {
      const push = text(probe.target, freshWord());
      const { query, body } = forgeRequest(push.xml, probe.target, { mode: 'plaintext' });
      const claims = [
        ['encrypt_type', 'aes'] as const,
        ['msg_signature', parameter(query, 'signature')] as const,
      ];
      const result = await probe.send(
        push,
        { body, query: [...query, ...claims] },
        'a text in the clear with encrypt_type=aes',
      );
      const served = await everyAccepted(probe, [await honest(probe)]);
      if (served.type !== 'holds') return served;
      // Where plaintext is believed anyway, `plaintext-refused` says so.
      const plain = await probe.attempt(text(probe.target, freshWord()), 'a text in the clear', {
        mode: 'plaintext',
      });
      return isReply(plain.answer) && isReply(result.answer) ? holds : noneAccepted(probe, [result]);
    },
  },
  {
    id: 'sealed-refusals-alike',
    group: 'sealing',
    level: 'advice',
    turn: 'alone',
    title: { en: 'Refusals of sealed pushes do not reveal the reason', zh: '拒绝加密推送时不透露原因' },
    says: {
      en: 'The cipher has a fixed start value, so a padding error that shows is an oracle.',
      zh: '加密的初始向量固定，如果能看出填充是否出错，就会成为填充预言攻击的入口。',
    },
    source,
    remedy: {
      en: 'Answer wrong signature, key, padding and AppID with one and the same status and body.',
      zh: '签名、密钥、填充、AppID 无论哪一项错误，都返回相同的状态码和内容。',
    },
    modes: sealed,
    async check(probe) {
      const send = (label: string, tampering: Parameters<Probe['attempt']>[2]) =>
        probe.attempt(text(probe.target, freshWord()), label, tampering);
      const results = [
        await send('a text sealed for another AppID', { appId: 'wx0000000000000000' }),
        await send('a text sealed with another key', { encodingAesKey: OTHER_KEY }),
        await send('a text with its padding changed', {
          tamper: flipped((bytes) => bytes.subarray(-17, -16)),
        }),
        await send('a text signed with another token', { token: 'another' }),
      ];
      const face = ({ exchange }: ProbeResult) => faceOf(exchange);
      const odd = results.find((one) => results[0] !== undefined && face(one) !== face(results[0]));
      return odd === undefined
        ? holds
        : broken(odd.exchange, { en: 'other refusals look different', zh: '其他的拒绝与它不同' });
    },
  },
];

const honest = (probe: Probe): Promise<ProbeResult> =>
  probe.push(text(probe.target, freshWord()), 'an honest text after it');

const bytesOf = (encrypt: string): Buffer => Buffer.from(encrypt, 'base64');

/** Flips bits of the sealed bytes. The plaintext changes 16 bytes later. */
const flipped =
  (which: (bytes: Buffer) => Buffer) =>
  (encrypt: string): string => {
    const bytes = bytesOf(encrypt);
    const at = which(bytes);
    at[0] = (at[0] ?? 0) ^ 0xc0;
    return bytes.toString('base64');
  };
