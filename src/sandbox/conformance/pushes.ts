import { randomBytes } from 'node:crypto';
import type { PushFields } from '../types.js';
import { pushXml } from '../wire/push-xml.js';
import { nowS } from './forge-request.js';
import type { Target } from './target.js';

/** A push to be sent, and what its answer will be held against. */
export interface Push {
  readonly user: string;
  readonly family: 'message' | 'event';
  readonly xml: string;
}

/** A message, from a new follower with a new MsgId unless the fields say otherwise. */
export function message(target: Target, type: string, fields: PushFields = {}): Push {
  return toPush('message', { ...head(target), MsgType: type, MsgId: freshMsgId(), ...fields });
}

/** A text, behind the prefix that makes the server echo. */
export function text(target: Target, content: string, fields: PushFields = {}): Push {
  return message(target, 'text', { Content: target.echoPrefix + content, ...fields });
}

export function event(target: Target, name: string, fields: PushFields = {}): Push {
  return toPush('event', { ...head(target), MsgType: 'event', Event: name, ...fields });
}

/** A follower that no other push of any run has. */
export const freshUser = (): string => `oConformance${randomBytes(8).toString('hex')}`;

/** A word that nobody else says; letters only, so that nothing takes it for a number. */
export const freshWord = (): string =>
  `w${[...randomBytes(9)].map((byte) => 'bcdfghjklmnpqrst'[byte % 16]).join('')}`;

let pushes = 0;

/** 17 digits as of today's messages: beyond what a double holds exactly. */
export function freshMsgId(): string {
  pushes += 1;
  return `2${Date.now()}${String(pushes % 1000).padStart(3, '0')}`;
}

const head = ({ account }: Target) => ({
  ToUserName: account,
  FromUserName: freshUser(),
  CreateTime: Number(nowS()),
});

function toPush(family: Push['family'], fields: PushFields): Push {
  const { FromUserName: user } = fields;
  return { family, user: typeof user === 'string' ? user : '', xml: pushXml(fields) };
}
