import { inBoth, type Words } from '../protocol/words.js';
import { envelopeSignature, signatureMatches } from '../protocol/signature.js';
import { cipherOf, textOf, type SharedSecrets } from './sign-push.js';

/** The meaning of a response to WeChat, and the text to show. */
export interface ExplainedResponse {
  /** True if WeChat would accept it. */
  readonly good: boolean;
  readonly explanation: Words;
  /** The decrypted reply; `undefined` if there is none. */
  readonly reply?: string;
}

const STATUS_HINTS: Readonly<Record<number, Words>> = {
  403: { en: ': refused; the log of the server says why', zh: '：被拒绝，原因见服务的日志' },
  503: { en: ': it could not store the push', zh: '：服务没能保存推送' },
};

/** Judges a response as WeChat would. A sealed push in safe mode must get a sealed reply. */
export function explainResponse(status: number, body: string, secrets: SharedSecrets): ExplainedResponse {
  if (status !== 200) {
    const hint = STATUS_HINTS[status] ?? inBoth('');
    return {
      good: false,
      explanation: { en: `status ${status}${hint.en}`, zh: `状态码 ${status}${hint.zh}` },
      ...(body !== '' && { reply: body }),
    };
  }
  if (body === 'success') {
    return {
      good: true,
      explanation: {
        en: 'success: accepted; nothing to show, or the answer follows later',
        zh: 'success：已收到；没有内容要显示，或者稍后再回复',
      },
    };
  }
  if (body === '')
    return {
      good: true,
      explanation: { en: 'empty: accepted, nothing to show', zh: '空：已收到，没有内容要显示' },
    };
  const encrypt = textOf(body, 'Encrypt');
  if (encrypt !== undefined) return openReply(body, encrypt, secrets);
  if (!body.startsWith('<xml>'))
    return {
      good: false,
      explanation: { en: 'not a reply that WeChat understands', zh: '微信看不懂的回复' },
      reply: body,
    };
  if (secrets.mode === 'safe') {
    return {
      good: false,
      explanation: {
        en: 'a plaintext reply, which WeChat does not accept in safe mode',
        zh: '明文回复，微信在安全模式下不接受',
      },
      reply: body,
    };
  }
  return { good: true, explanation: { en: 'a reply', zh: '回复' }, reply: body };
}

function openReply(body: string, encrypt: string, secrets: SharedSecrets): ExplainedResponse {
  const expected = envelopeSignature(
    secrets.token,
    textOf(body, 'TimeStamp') ?? '',
    textOf(body, 'Nonce') ?? '',
    encrypt,
  );
  if (!signatureMatches(expected, textOf(body, 'MsgSignature') ?? '')) {
    return {
      good: false,
      explanation: { en: 'a sealed reply whose MsgSignature is wrong', zh: '加密的回复，MsgSignature 不对' },
      reply: body,
    };
  }
  if (secrets.encodingAesKey === undefined) {
    return {
      good: false,
      explanation: {
        en: 'a sealed reply, and no --aes-key to decrypt it',
        zh: '加密的回复，没有 --aes-key，无法解密',
      },
      reply: body,
    };
  }
  try {
    return {
      good: true,
      explanation: {
        en: 'a sealed reply with a correct MsgSignature; decrypted:',
        zh: '加密的回复，MsgSignature 正确；解密后：',
      },
      reply: cipherOf(secrets).open(encrypt),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      good: false,
      explanation: {
        en: `a sealed reply that cannot be decrypted: ${reason}`,
        zh: `加密的回复，无法解密：${reason}`,
      },
      reply: body,
    };
  }
}
