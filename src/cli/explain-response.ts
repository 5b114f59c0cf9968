import { envelopeSignature, signatureMatches } from '../protocol/signature.js';
import { cipherOf, textOf, type SharedSecrets } from './sign-push.js';

/** What an answer means to WeChat, and the text to show. */
export interface ExplainedResponse {
  /** WeChat would take it. */
  readonly good: boolean;
  readonly explanation: string;
  /** The reply, opened; undefined where there is none. */
  readonly reply?: string;
}

/** Judges an answer as WeChat would. A push that travelled sealed in safe mode must get a sealed reply. */
export function explainResponse(status: number, body: string, secrets: SharedSecrets): ExplainedResponse {
  if (status !== 200) {
    const hint =
      status === 403
        ? ': refused; the log of the server says why'
        : status === 503
          ? ': it could not store the push'
          : '';
    return { good: false, explanation: `status ${status}${hint}`, ...(body !== '' && { reply: body }) };
  }
  if (body === 'success') {
    return { good: true, explanation: 'success: accepted; nothing to show, or the answer follows later' };
  }
  if (body === '') return { good: true, explanation: 'empty: accepted, nothing to show' };
  const encrypt = textOf(body, 'Encrypt');
  if (encrypt !== undefined) return openReply(body, encrypt, secrets);
  if (!body.startsWith('<xml>'))
    return { good: false, explanation: 'no reply that WeChat understands', reply: body };
  if (secrets.mode === 'safe') {
    return {
      good: false,
      explanation: 'a plaintext reply, which WeChat does not take in safe mode',
      reply: body,
    };
  }
  return { good: true, explanation: 'a reply', reply: body };
}

function openReply(body: string, encrypt: string, secrets: SharedSecrets): ExplainedResponse {
  const expected = envelopeSignature(
    secrets.token,
    textOf(body, 'TimeStamp') ?? '',
    textOf(body, 'Nonce') ?? '',
    encrypt,
  );
  if (!signatureMatches(expected, textOf(body, 'MsgSignature') ?? '')) {
    return { good: false, explanation: 'a sealed reply whose MsgSignature is wrong', reply: body };
  }
  if (secrets.encodingAesKey === undefined) {
    return { good: false, explanation: 'a sealed reply, and no --aes-key to open it', reply: body };
  }
  try {
    return {
      good: true,
      explanation: 'a sealed reply, its MsgSignature is good; opened:',
      reply: cipherOf(secrets).open(encrypt),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { good: false, explanation: `a sealed reply that does not open: ${reason}`, reply: body };
  }
}
