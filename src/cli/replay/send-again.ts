import { randomInt } from 'node:crypto';
import { createHttpClient } from '../../adapters/http/http-client.js';
import { HttpFailure } from '../../ports/http-client.js';
import { explainResponse } from '../explain-response.js';
import { signPush, type SharedSecrets } from '../sign-push.js';
import type { ChosenAttempt } from './chosen-attempt.js';
import type { AttemptEnd } from './compare-answers.js';
import { Renewal } from './renewal.js';
import { ReplayStopped } from './replay-errors.js';

const WECHAT_TIMEOUT_MS = 5_000;

/**
 * Creates a function that sends an attempt as a new push and resolves with its end.
 *
 * It rejects with `ReplayStopped` if the first push is refused or cannot be sent, because all would fail.
 */
export function createReplayer({
  to,
  secrets,
  originalId,
}: {
  readonly to: string;
  readonly secrets: SharedSecrets;
  readonly originalId: string | undefined;
}): (attempt: ChosenAttempt) => Promise<AttemptEnd> {
  const http = createHttpClient();
  const renewal = new Renewal(Date.now(), originalId);
  let hasAnswered = false;

  return async ({ recorded, push }) => {
    const nowS = Math.floor(Date.now() / 1_000);
    const body = renewal.renew(recorded.id, push, nowS);
    const nonce = String(randomInt(100_000_000, 2_000_000_000));
    const signed = signPush({ to, push: body, timestamp: String(nowS), nonce, user: push.user }, secrets);
    try {
      const { href: url } = signed.url;
      const headers = { 'content-type': 'text/xml' };
      const heard = await http({
        method: 'POST',
        url,
        headers,
        body: signed.body,
        timeoutMs: WECHAT_TIMEOUT_MS,
      });
      if (heard.status === 403 && !hasAnswered)
        throw new ReplayStopped({
          en:
            `${to} answered 403: Token, EncodingAESKey, cipher mode or AppID differ from those of the server, whose log says which. ` +
            'Pass them as options, or replay next to its .env.',
          zh:
            `${to} 应答 403：Token、EncodingAESKey、加密模式或 AppID 和服务的不同，服务的日志里写着是哪一个。` +
            '请用选项写明，或者在服务的 .env 所在目录里回放。',
        });
      hasAnswered = true;
      const { good, explanation, reply } = explainResponse(heard.status, heard.text, secrets);
      if (heard.status === 200 && !good) return { type: 'failed', why: explanation };
      return { type: 'answered', status: heard.status, body: reply ?? heard.text };
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (error.kind === 'answer-timeout') return { type: 'open' };
      if (!hasAnswered)
        throw new ReplayStopped({
          en: `No answer from ${to}: ${error.message}. Is the server running?`,
          zh: `${to} 没有应答：${error.message}。服务在运行吗？`,
        });
      return { type: 'failed', why: { en: `no answer: ${error.message}`, zh: `没有应答：${error.message}` } };
    }
  };
}
