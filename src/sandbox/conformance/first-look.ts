import type { Words } from '../../protocol/words.js';
import { forgeHandshake } from './forge-request.js';
import type { Exchange } from './exchange.js';
import type { Probe, ProbeResult } from './probe.js';
import { freshWord, text } from './pushes.js';
import { cameBack, faceOf } from './rule.js';
import type { Stop } from './report.js';
import type { Target } from './target.js';

const ECHO = '437512094834535';

/** The reason why a server cannot be judged, and the exchange that shows it. */
export interface Obstacle {
  readonly stop: Stop;
  readonly exchange: Exchange;
}

/**
 * Checks that the server can be judged: it listens and accepts a valid text. Otherwise it also refuses every forged
 * push, and rules would hold without meaning.
 */
export async function firstLook(probe: Probe): Promise<Obstacle | undefined> {
  const control = await probe.control();
  const { exchange } = control;
  if (probe.isOver()) return undefined;
  const { origin, pathname } = probe.target.url;
  const obstacle = (type: Stop['type'], because: Words): Obstacle => ({ stop: { type, because }, exchange });
  if (exchange.failure === 'no connection')
    return obstacle('unreachable', {
      en: `No connection to ${origin}${pathname} (${exchange.errorCode}): is the server running, and is the URL right?`,
      zh: `连不上 ${origin}${pathname}（${exchange.errorCode}）：服务器启动了吗？URL 对吗？`,
    });
  if (exchange.failure !== undefined)
    return obstacle('refused', {
      en: `An honest text gets no answer (${cameBack(exchange).en}): look into the server’s log.`,
      zh: `正常的文字没有应答（${cameBack(exchange).zh}）：请查看服务器的日志。`,
    });
  const knowsToken = await answersHandshake(probe);
  if (!(await isRefused(probe, control, knowsToken))) return undefined;
  const next = knowsToken
    ? hasSurplusBits(probe.target)
      ? {
          en: `${COMPARE_KEY.en} The last character of the key holds surplus bits: decode it leniently.`,
          zh: `${COMPARE_KEY.zh}密钥的最后一个字符含有多余的位，解码时要容许。`,
        }
      : COMPARE_KEY
    : {
        en: 'The handshake is refused as well: compare the token, the path and the clocks of both machines.',
        zh: 'URL 验证也被拒绝：请核对 Token、路径和两台机器的时钟。',
      };
  return obstacle('refused', {
    en: `An honest text is refused (${cameBack(exchange).en}). ${next.en}`,
    zh: `正常的文字被拒绝（${cameBack(exchange).zh}）。${next.zh}`,
  });
}

const COMPARE_KEY: Words = {
  en: 'The handshake is answered, so the token is right: compare the mode, the EncodingAESKey, the AppID and, if the server knows the account’s gh_ id, --original-id.',
  zh: 'URL 验证通过，说明 Token 正确：请核对加密模式、EncodingAESKey、AppID；服务器如果核对账号的原始 ID，再核对 --original-id。',
};

/** 43 characters hold 258 bits; two of them mean nothing, and strict decoders refuse a key where they are set. */
function hasSurplusBits({ mode, encodingAesKey }: Target): boolean {
  const whole = `${encodingAesKey}=`;
  return mode !== 'plaintext' && Buffer.from(whole, 'base64').toString('base64') !== whole;
}

async function answersHandshake(probe: Probe): Promise<boolean> {
  const { status, text: body } = await probe.get(forgeHandshake(ECHO, probe.target), 'a handshake');
  return status === 200 && body.includes(ECHO);
}

/** True if silence is a refusal: the handshake fails, too, and a push with another token gets the same response. */
async function isRefused(
  probe: Probe,
  { exchange, answer }: ProbeResult,
  knowsToken: boolean,
): Promise<boolean> {
  if (answer.kind === 'reply' || answer.faults.includes('malformed')) return false;
  if (answer.kind !== 'silence') return true;
  if (knowsToken) return false;
  const push = text(probe.target, freshWord());
  const forged = await probe.attempt(push, 'a text with another token', { token: 'another' });
  return faceOf(forged.exchange) === faceOf(exchange);
}
