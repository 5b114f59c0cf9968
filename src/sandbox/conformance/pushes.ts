import { randomBytes } from 'node:crypto';
import type { PushFields, PushTemplate } from '../types/types.js';
import { hasMsgId } from '../push/templates/templates.js';
import { pushXml, type CdataEnd } from '../wire/push-xml.js';
import { nowS } from './forge-request.js';
import type { Target } from './target.js';

/** A push to send, with the values that its answer is checked against. */
export interface Push {
  readonly user: string;
  readonly family: 'message' | 'event';
  readonly xml: string;
  /** True: a server that answers texts has to answer this push. */
  readonly isText: boolean;
}

/** A push with its description for the report. */
export type Case = readonly [label: string, push: Push];

/** Builds a message from a new follower with a new MsgId, unless `fields` sets them. */
export function message(target: Target, type: string, fields: PushFields = {}): Push {
  return toPush({ ...head(target), MsgType: type, MsgId: freshMsgId(), ...fields });
}

/** Builds a text, after the prefix that makes the server echo. */
export function text(target: Target, content: string, fields: PushFields = {}, layout: CdataEnd = {}): Push {
  const Content = target.echoPrefix + content;
  const whole = { ...head(target), MsgType: 'text', MsgId: freshMsgId(), Content, ...fields };
  return { ...toPush(whole, layout), isText: Content.trim() !== '' };
}

export function event(target: Target, name: string, fields: PushFields = {}): Push {
  return { ...toPush({ ...head(target), MsgType: 'event', Event: name, ...fields }), family: 'event' };
}

/** One of the sandbox's pushes, from a new follower. */
export function templatePush(target: Target, { kind, fields }: Pick<PushTemplate, 'kind' | 'fields'>): Push {
  const [family = '', name = ''] = kind.split('.');
  if (family === 'event') return event(target, name, fields);
  return hasMsgId(kind)
    ? message(target, name, fields)
    : toPush({ ...head(target), MsgType: name, ...fields });
}

/** Returns a follower that no other push has. */
export const freshUser = (): string => `oConformance${randomBytes(8).toString('hex')}`;

/** Returns a unique word; letters only, so that it is not taken for a number. */
export const freshWord = (): string =>
  `w${[...randomBytes(9)].map((byte) => 'bcdfghjklmnpqrst'[byte % 16]).join('')}`;

let pushes = 0;

/** Returns 17 digits, as in today's messages: more than a double can hold exactly. */
export function freshMsgId(): string {
  pushes += 1;
  return `2${Date.now()}${String(pushes % 1000).padStart(3, '0')}`;
}

const head = ({ account }: Target) => ({
  ToUserName: account,
  FromUserName: freshUser(),
  CreateTime: Number(nowS()),
});

function toPush(fields: PushFields, layout: CdataEnd = {}): Push {
  const { FromUserName: user } = fields;
  return {
    family: 'message',
    user: typeof user === 'string' ? user : '',
    xml: pushXml(fields, layout),
    isText: false,
  };
}
