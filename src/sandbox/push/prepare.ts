import { parseXml } from '../../protocol/xml.js';
import { pushXml } from '../wire/push-xml.js';
import type { Account, Hostile, Mode, PushFields, PushRequest } from '../types.js';
import { templateFor } from './templates.js';

/** A push that is ready to be signed and sent, as often as it takes. */
export interface PreparedPush {
  readonly kind: string;
  readonly follower: string;
  readonly createTime: number;
  readonly msgId: string | undefined;
  readonly plainBody: string;
  readonly mode: Mode;
  readonly hostile: Hostile | undefined;
}

/** Writes the body of a push: the template's fields, the request's laid over them, and what WeChat adds to each. */
export function preparePush(
  request: PushRequest,
  context: { account: Account; follower: string; nowMs: number; nextMsgId: () => string },
): PreparedPush {
  const { account, follower, nowMs } = context;
  const common = { mode: request.mode ?? account.mode, hostile: request.hostile };
  if (request.xml !== undefined) return { ...common, ...ownBody(request.xml, follower, nowMs) };

  const template = templateFor(request.kind ?? 'message.text');
  const [family, ...rest] = template.kind.split('.');
  const name = rest.join('.');
  const given = request.fields ?? {};
  const createTime = Number(given['CreateTime'] ?? Math.floor(nowMs / 1000));
  const isEvent = family === 'event';
  const msgId = isEvent ? undefined : idText(given['MsgId'], context.nextMsgId);
  const fields: PushFields = {
    ToUserName: request.hostile === 'other-account' ? 'gh_000000000000' : account.originalId,
    FromUserName: follower,
    CreateTime: createTime,
    MsgType: isEvent ? 'event' : name,
    ...(isEvent && { Event: name }),
    ...template.fields,
    ...(msgId !== undefined && { MsgId: msgId }),
    ...given,
  };
  const plainBody = withDoctype(pushXml(fields), request.hostile);
  const sender = typeof fields['FromUserName'] === 'string' ? fields['FromUserName'] : follower;
  return { ...common, kind: template.kind, follower: sender, createTime, msgId, plainBody };
}

function idText(given: unknown, nextMsgId: () => string): string {
  return typeof given === 'string' || typeof given === 'number' ? String(given) : nextMsgId();
}

function withDoctype(xml: string, hostile: Hostile | undefined): string {
  return hostile === 'doctype' ? `<!DOCTYPE xml [<!ENTITY who "mallory">]>\n${xml}` : xml;
}

/** A body that somebody wrote by hand: what can be read of it is read, the rest is guessed. */
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

/** Nothing where it cannot be read: a broken body may be just what somebody wants to push. */
export function readLoosely(xml: string): { readonly [name: string]: unknown } {
  try {
    return parseXml(xml);
  } catch {
    return {};
  }
}
