import { parseStrictXml } from '../../protocol/xml.js';
import type { Fields } from '../../protocol/fields.js';
import { unseal } from '../wire/envelope.js';
import { signatureSteps } from '../wire/sign.js';
import type { Account, Attempt, Verdict, VerdictCause } from '../types/types.js';
import type { PreparedPush } from './prepare.js';
import { readReply } from './read-reply.js';
import { CAUSES, GREY_SENTENCE } from './sentences.js';
import { whyBelieved, whySilent } from './why-silent.js';

/** A verdict, with the content of a sealed reply. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly openedBody?: string;
}

/** Returns what the follower sees after the last attempt of a push. `isRepeat`: its MsgId was answered before. */
export function judge(
  push: PreparedPush,
  last: Attempt,
  account: Account,
  nowMs: number,
  { isRepeat = false }: { readonly isRepeat?: boolean } = {},
): Judgement {
  const by = { atMs: nowMs, decidedBy: last.number };
  if (push.hostile !== undefined && last.outcome === 'answered' && (last.status ?? 0) >= 400) {
    return {
      verdict: { outcome: 'refused', ...by, ...words('已被拒绝（符合预期）', 'Refused, as it should be') },
    };
  }
  const unanswered = causeWithoutAnswer(last);
  if (unanswered !== undefined) return { verdict: failure(unanswered, last.error, by) };
  const body = last.responseBody ?? '';
  if (last.status !== 200) return { verdict: failure('http-status', String(last.status), by) };
  if (body === '' || body === 'success')
    return { verdict: { outcome: 'silent', ...by, ...whySilent(push, isRepeat) } };

  const opened = openReply(body, push, account);
  if ('cause' in opened) return { verdict: failure(opened.cause, opened.detail, by) };
  const read = readReply(opened.fields, {
    follower: push.follower,
    originalId: account.originalId,
    toMessage: push.kind.startsWith('message.'),
  });
  const found = opened.openedBody === undefined ? {} : { openedBody: opened.openedBody };
  if (!read.ok) return { verdict: failure(read.cause, read.detail, by), ...found };
  if (push.hostile !== undefined)
    return {
      verdict: { outcome: 'believed', reply: read.reply, ...by, ...whyBelieved(push.hostile) },
      ...found,
    };
  const said = /^\s/.test(body) ? REPLY_BEHIND_BLANKS : REPLY;
  return { verdict: { outcome: 'reply', reply: read.reply, ...by, ...said }, ...found };
}

/** Returns why a push or a handshake got no answer; `undefined` if it got one. */
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

const REPLY = words('回复', 'Reply');
/** Nothing tells that WeChat refuses it, and nothing that it does not. */
const REPLY_BEHIND_BLANKS = words(
  '回复；注意：<xml> 之前有空白或换行，应当去掉',
  'Reply; a warning: blanks or newlines precede <xml>, remove them',
);

type Opened =
  | { readonly fields: Fields; readonly openedBody?: string }
  | { readonly cause: VerdictCause; readonly detail?: string };

/** Reads the XML, and unseals it if the mode requires it. */
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
  const xml = body.trimStart();
  if (body.slice(0, body.length - xml.length).includes('\uFEFF'))
    return { cause: 'malformed-xml', detail: 'a BOM before <xml>' };
  try {
    return { fields: parseStrictXml(xml) };
  } catch (error) {
    return { cause: 'malformed-xml', detail: error instanceof Error ? error.message : '' };
  }
}
