import type { Words } from '../../protocol/words.js';
import type { Fault } from './answer.js';

/** The reason why a fault breaks a rule, for the report. */
export const FAULTS: Readonly<Record<Fault, Words>> = {
  bom: { en: 'a BOM precedes the answer', zh: '应答之前有 BOM' },
  'blanks-before': { en: 'blanks precede the answer', zh: '应答之前有空白' },
  'inexact-silence': { en: 'it means success, and is spelt otherwise', zh: '意思是 success，写法却不同' },
  'sealed-silence': { en: 'success came in an envelope', zh: 'success 被加密了' },
  'sealed-nothing': { en: 'an empty text came in an envelope', zh: '空内容被加密了' },
  'not-xml': {
    en: 'it is neither reply XML nor success nor nothing',
    zh: '既不是回复 XML，也不是 success 或空串',
  },
  malformed: { en: 'it begins like XML, and is not well-formed', zh: '开头像 XML，但格式有误' },
  unsealed: { en: 'the reply came in the clear', zh: '回复没有加密' },
  'not-an-envelope': {
    en: 'it came sealed in plaintext mode, or an element of the envelope is missing or no number',
    zh: '明文模式下回复却加密了，或者加密的回复缺少元素、元素不是数字',
  },
  milliseconds: { en: 'TimeStamp is in milliseconds', zh: 'TimeStamp 以毫秒计' },
  'padded-to-16': {
    en: 'the length of the ciphertext is not a multiple of 32',
    zh: '密文的字节数不是 32 的倍数',
  },
  'msg-signature': {
    en: 'MsgSignature is not that of TimeStamp, Nonce and Encrypt',
    zh: 'MsgSignature 与 TimeStamp、Nonce、Encrypt 不符',
  },
  'does-not-open': { en: 'Encrypt does not open with the key', zh: '用密钥解不开 Encrypt' },
  'foreign-app-id': { en: 'another AppID stands inside', zh: '里面是别的 AppID' },
};
