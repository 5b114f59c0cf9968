import { forgeRequest, parameter, withParameters } from './forge-request.js';
import type { ProbeResult, Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, holds, type Rule } from './rule.js';
import { everyAccepted, noneBelieved } from './assertions.js';

const source = '消息加解密说明, 技术方案';
const sealed = ['compatible', 'safe'] as const;

/** A key that opens nothing of the target's; its last letter is plain Base64. */
const OTHER_KEY = 'Y29uZm9ybWFuY2VDb25mb3JtYW5jZUNvbmZvcm1hbmM';

/** What must not be believed although it looks sealed, or should be. */
export const forgedEnvelopeRules: readonly Rule[] = [
  {
    id: 'plaintext-refused',
    group: 'sealing',
    level: 'must',
    title: 'In safe mode a push that is not sealed is not believed',
    says: 'In safe mode every body is sealed. A signature over the URL covers no body.',
    source,
    remedy:
      'Take the mode from the configuration, never from encrypt_type, and refuse a body without Encrypt.',
    modes: ['safe'],
    async check(probe) {
      const bare = text(probe.target, freshWord());
      const raw = text(probe.target, freshWord());
      const { query, body } = forgeRequest(raw.xml, probe.target, { mode: 'plaintext' });
      return noneBelieved(probe, [
        await probe.push(bare, 'a text in the clear', { mode: 'plaintext' }),
        await probe.send(
          raw,
          { body, query: [...query, ['encrypt_type', 'raw']] },
          'a text in the clear with encrypt_type=raw',
        ),
        await probe.send(
          raw,
          {
            body,
            query: [...query, ['encrypt_type', 'aes'], ['msg_signature', parameter(query, 'signature')]],
          },
          'a text in the clear with encrypt_type=aes',
        ),
      ]);
    },
  },
  {
    id: 'msg-signature-checked',
    group: 'sealing',
    level: 'must',
    title: 'A wrong msg_signature is refused although the signature is right',
    says: 'A sealed body is proved by msg_signature, which covers Encrypt; signature covers only the URL.',
    source,
    remedy: 'Check msg_signature over token, timestamp, nonce and Encrypt, whatever signature says.',
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
      return noneBelieved(probe, [
        await results('a text with a wrong msg_signature', () => '0'.repeat(40)),
        await results('a text without msg_signature', () => undefined),
      ]);
    },
  },
  {
    id: 'foreign-app-id-refused',
    group: 'sealing',
    level: 'must',
    title: 'A push that was sealed for another AppID is not believed',
    says: 'The AppID stands at the end of what was sealed, and is to be compared with one’s own.',
    source,
    remedy: 'Compare everything behind the message with your AppID.',
    modes: sealed,
    async check(probe) {
      const foreign = (label: string, appId: string) =>
        probe.push(text(probe.target, freshWord()), `a text sealed for ${label}`, { appId });
      return noneBelieved(probe, [
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
    title: 'A push that was sealed with another key is not believed',
    says: 'Only WeChat and the server know the EncodingAESKey.',
    source,
    remedy: 'Check padding, length and AppID after opening; a wrong key raises no error of its own.',
    modes: sealed,
    async check(probe) {
      const push = text(probe.target, freshWord());
      return noneBelieved(probe, [
        await probe.push(push, 'a text sealed with another key', { encodingAesKey: OTHER_KEY }),
      ]);
    },
  },
  {
    id: 'damage-refused',
    group: 'sealing',
    level: 'must',
    title: 'A damaged envelope is refused, and the server lives on',
    says: 'Padding, length field and AppID of an opened envelope have to fit.',
    source,
    remedy: 'Check 1 ≤ padding ≤ 32, all its bytes, and that the length field stays within what was opened.',
    modes: sealed,
    async check(probe) {
      const damages: readonly (readonly [string, (encrypt: string) => string])[] = [
        ['its length field changed', flipped((bytes) => bytes.subarray(0, 1))],
        ['its padding changed', flipped((bytes) => bytes.subarray(-17, -16))],
        ['its last block missing', (encrypt) => bytesOf(encrypt).subarray(0, -16).toString('base64')],
        ['half a block missing', (encrypt) => bytesOf(encrypt).subarray(0, -7).toString('base64')],
        ['text that is no Base64', () => '!!!'],
      ];
      const results = await Promise.all(
        damages.map(([label, tamper]) =>
          probe.push(text(probe.target, freshWord()), `an envelope with ${label}`, { tamper }),
        ),
      );
      const finding = await noneBelieved(probe, results);
      return finding.type === 'broken' ? finding : everyAccepted([await honest(probe)]);
    },
  },
  {
    id: 'sealed-refusals-alike',
    group: 'sealing',
    level: 'should',
    title: 'Refusals of sealed pushes do not tell why',
    says: 'The cipher has a fixed start value, so a padding error that shows is an oracle.',
    source,
    remedy: 'Answer wrong signature, key, padding and AppID with one and the same status and body.',
    modes: sealed,
    async check(probe) {
      const send = (label: string, tampering: Parameters<Probe['push']>[2]) =>
        probe.push(text(probe.target, freshWord()), label, tampering);
      const results = [
        await send('a text sealed for another AppID', { appId: 'wx0000000000000000' }),
        await send('a text sealed with another key', { encodingAesKey: OTHER_KEY }),
        await send('a text with its padding changed', {
          tamper: flipped((bytes) => bytes.subarray(-17, -16)),
        }),
        await send('a text signed with another token', { token: 'another' }),
      ];
      const face = ({ exchange: { status, text: body } }: ProbeResult) => `${status ?? 'none'} ${body}`;
      const odd = results.find((one) => results[0] !== undefined && face(one) !== face(results[0]));
      return odd === undefined ? holds : broken(odd.exchange, 'other refusals look different');
    },
  },
];

const honest = (probe: Probe): Promise<ProbeResult> =>
  probe.push(text(probe.target, freshWord()), 'an honest text after it');

const bytesOf = (encrypt: string): Buffer => Buffer.from(encrypt, 'base64');

/** Flips bits of the sealed bytes. The bit that changes when opened is the one 16 bytes later. */
const flipped =
  (which: (bytes: Buffer) => Buffer) =>
  (encrypt: string): string => {
    const bytes = bytesOf(encrypt);
    const at = which(bytes);
    at[0] = (at[0] ?? 0) ^ 0xc0;
    return bytes.toString('base64');
  };
