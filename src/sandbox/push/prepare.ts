import { parseXml } from '../../protocol/xml.js';
import { cdata, pushXml } from '../wire/push-xml.js';
import type { Account, Hostile, Mode, PushFields, PushRequest } from '../types/types.js';
import { hasMsgId, templateFor } from './templates/templates.js';

/** A push that is ready to be signed and sent, for each attempt. */
export interface PreparedPush {
  readonly kind: string;
  readonly follower: string;
  readonly createTime: number;
  readonly msgId: string | undefined;
  readonly plainBody: string;
  readonly mode: Mode;
  readonly hostile: Hostile | undefined;
}

/** The original id of an account that is not ours. */
export const OTHER_ACCOUNT = 'gh_000000000000';

/** Writes the body of a push: the template's fields, overridden by the request's, and the fields that WeChat adds. */
export function preparePush(
  request: PushRequest,
  context: { account: Account; follower: string; nowMs: number; nextMsgId: () => string },
): PreparedPush {
  const { account, follower, nowMs } = context;
  const common = { mode: request.mode ?? account.mode, hostile: request.hostile };
  if (request.xml !== undefined) {
    const plainBody = spoilt(request.xml, request.hostile);
    return { ...common, ...ownBody(request.xml, follower, nowMs), plainBody };
  }

  const template = templateFor(request.kind ?? 'message.text');
  const [family, ...rest] = template.kind.split('.');
  const name = rest.join('.');
  const given = request.fields ?? {};
  const createTime = Number(given['CreateTime'] ?? Math.floor(nowMs / 1000));
  const isEvent = family === 'event';
  const msgId = !hasMsgId(template.kind) ? undefined : idText(given['MsgId'], context.nextMsgId);
  const fields: PushFields = {
    ToUserName: account.originalId,
    FromUserName: follower,
    CreateTime: createTime,
    MsgType: isEvent ? 'event' : name,
    ...(isEvent && { Event: name }),
    ...template.fields,
    ...(msgId !== undefined && { MsgId: msgId }),
    ...given,
  };
  const plainBody = spoilt(pushXml(fields, request), request.hostile);
  const sender = typeof fields['FromUserName'] === 'string' ? fields['FromUserName'] : follower;
  return { ...common, kind: template.kind, follower: sender, createTime, msgId, plainBody };
}

function idText(given: unknown, nextMsgId: () => string): string {
  return typeof given === 'string' || typeof given === 'number' ? String(given) : nextMsgId();
}

/** Spoils what is inside the envelope. A body of a transcript may be spoilt already. */
function spoilt(xml: string, hostile: Hostile | undefined): string {
  if (hostile === 'doctype' && !xml.startsWith('<!DOCTYPE'))
    return `<!DOCTYPE xml [<!ENTITY who "mallory">]>\n${xml}`;
  if (hostile !== 'other-account') return xml;
  return xml.replace(/<ToUserName>[^]*?<\/ToUserName>/, `<ToUserName>${cdata(OTHER_ACCOUNT)}</ToUserName>`);
}

/** Reads a hand-written body as far as possible, and guesses the rest. */
function ownBody(xml: string, follower: string, nowMs: number) {
  const fields = readLoosely(xml);
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const type = text('MsgType') ?? 'unknown';
  return {
    kind: type.toLowerCase() === 'event' ? `event.${text('Event') ?? 'unknown'}` : `message.${type}`,
    follower: text('FromUserName') ?? follower,
    createTime: Number(text('CreateTime') ?? Math.floor(nowMs / 1000)),
    msgId: text('MsgId'),
    plainBody: xml,
  };
}

/** Reads fields without checks. An unreadable body has none: a test may push one on purpose. */
export function readLoosely(xml: string): { readonly [name: string]: unknown } {
  try {
    return parseXml(xml);
  } catch {
    return {};
  }
}
