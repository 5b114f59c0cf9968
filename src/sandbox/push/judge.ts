import { parseStrictXml } from '../../protocol/xml.js';
import type { Fields } from '../../protocol/fields.js';
import { unseal } from '../wire/envelope.js';
import { signatureSteps } from '../wire/sign.js';
import type { Account, Attempt, Verdict, VerdictCause } from '../types.js';
import type { PreparedPush } from './prepare.js';
import { readReply } from './read-reply.js';
import { CAUSES, GREY_SENTENCE } from './sentences.js';

/** A verdict, and what was found inside a sealed reply on the way to it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly openedBody?: string;
}

/** What the follower sees after the last try of a push. */
export function judge(push: PreparedPush, last: Attempt, account: Account, nowMs: number): Judgement {
  const by = { atMs: nowMs, decidedBy: last.number };
  if (push.hostile !== undefined && last.outcome === 'answered' && (last.status ?? 0) >= 400) {
    return {
      verdict: { outcome: 'refused', ...by, ...words('被拒绝，正应如此', 'Refused, as it should be') },
    };
  }
  const unanswered = causeWithoutAnswer(last);
  if (unanswered !== undefined) return { verdict: failure(unanswered, last.error, by) };
  const body = last.responseBody ?? '';
  if (last.status !== 200) return { verdict: failure('http-status', String(last.status), by) };
  if (body === '' || body === 'success') return { verdict: { outcome: 'silent', ...by, ...SILENT } };

  const opened = openReply(body, push, account);
  if ('cause' in opened) return { verdict: failure(opened.cause, opened.detail, by) };
  const read = readReply(opened.fields, {
    follower: push.follower,
    originalId: account.originalId,
    toMessage: push.kind.startsWith('message.'),
  });
  const found = opened.openedBody === undefined ? {} : { openedBody: opened.openedBody };
  if (!read.ok) return { verdict: failure(read.cause, read.detail, by), ...found };
  return { verdict: { outcome: 'reply', reply: read.reply, ...by, ...words('回复', 'Reply') }, ...found };
}

/** Why a push or a handshake got no answer at all; `undefined` if it did get one. */
export function causeWithoutAnswer(last: Attempt): VerdictCause | undefined {
  if (last.outcome === 'timeout') return 'late';
  if (last.outcome !== 'connection-error') return undefined;
  if (last.error === 'ECONNREFUSED') return 'connection-refused';
  return last.connectedAtMs === undefined ? 'unreachable' : 'connection-lost';
}

export function failure(
  cause: VerdictCause,
  detail: string | undefined,
  by: { readonly atMs: number; readonly decidedBy?: number },
): Verdict {
  const [zh, en] = CAUSES[cause];
  const tail = detail === undefined || detail === '' ? '' : ` (${detail.slice(0, 200)})`;
  return { outcome: 'failure', cause, sentence: GREY_SENTENCE, ...by, ...words(zh + tail, en + tail) };
}

const words = (zh: string, en: string) => ({ zh, en });

/** From outside these look alike. */
const SILENT = words(
  '没有回复：处理程序无话可说、出错了，或稍后再发（见服务器的日志）',
  'No reply: the handler had nothing to say, threw, or answers later (the server’s log says which)',
);

type Opened =
  | { readonly fields: Fields; readonly openedBody?: string }
  | { readonly cause: VerdictCause; readonly detail?: string };

/** Reads the XML, and unseals it where the mode asks for it. */
function openReply(body: string, push: PreparedPush, account: Account): Opened {
  const fields = readXml(body);
  if ('cause' in fields) return fields;
  const { Encrypt: encrypt } = fields.fields;
  if (push.mode === 'plaintext') return fields;
  if (typeof encrypt !== 'string' || encrypt === '') {
    return push.mode === 'safe' ? { cause: 'unsealed' } : fields;
  }
  const parts = ['TimeStamp', 'Nonce', 'MsgSignature'].map((name) => fields.fields[name]);
  const [timestamp = '', nonce = '', signature = ''] = parts.map((part) =>
    typeof part === 'string' ? part : '',
  );
  if (timestamp === '' || nonce === '' || signature === '') {
    return { cause: 'missing-field', detail: 'TimeStamp, Nonce, MsgSignature' };
  }
  const expected = signatureSteps('msg_signature', [account.token, timestamp, nonce, encrypt]).sha1;
  if (expected !== signature) return { cause: 'bad-msg-signature', detail: signature };
  const inner = unseal(encrypt, account.encodingAesKey);
  if (inner === undefined) return { cause: 'bad-envelope' };
  if (inner.appId !== account.appId) return { cause: 'bad-envelope', detail: inner.appId };
  const read = readXml(inner.text);
  return 'cause' in read ? read : { ...read, openedBody: inner.text };
}

function readXml(body: string): Opened {
  if (!body.trimStart().startsWith('<') || /^\s*<(!doctype|html)/i.test(body)) {
    return { cause: 'not-xml', detail: body.slice(0, 60) };
  }
  if (!body.startsWith('<')) return { cause: 'malformed-xml', detail: 'blanks or a BOM before <xml>' };
  try {
    return { fields: parseStrictXml(body) };
  } catch (error) {
    return { cause: 'malformed-xml', detail: error instanceof Error ? error.message : '' };
  }
}
