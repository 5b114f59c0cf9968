/* Compiled, never run: pins what the kinds of pushes promise to those who handle them. */
import type { OpenId, PushId } from '../../src/protocol/ids.js';
import type { EventPush, KindOf, MessagePush, Push, PushKind, PushOf } from '../../src/protocol/push/push.js';

export function narrowsByKind(push: Push): string | number | undefined {
  switch (push.kind) {
    case 'message.text':
      // @ts-expect-error: a text has no picture
      void push.picUrl;
      return push.content;
    case 'message.location':
      // @ts-expect-error: that is the wire's name
      void push.Location_X;
      return push.latitude + push.longitude;
    case 'event.subscribe':
      // @ts-expect-error: a plain follow has no scene
      void push.scene.length;
      return push.scene ?? push.tradeNo;
    case 'event.click':
      // @ts-expect-error: events have no MsgId
      void push.msgId;
      return push.key;
    case 'event.pic_weixin':
      return push.pictures[0]?.md5;
    case 'event.unknown':
      return push.event;
    case 'info.unknown':
      // @ts-expect-error: a platform's notice is no event
      void push.event;
      return push.infoType;
    // @ts-expect-error: no such kind
    case 'message.telegram':
      return undefined;
    default:
      return push.account;
  }
}

export function familiesShare(
  message: MessagePush,
  event: EventPush,
  push: Push,
): [string, string, OpenId, PushId] {
  // @ts-expect-error: only some messages have a text
  void message.content;
  // @ts-expect-error: only some pushes are events
  void push.event;
  return [message.msgId, event.event, push.user, push.id];
}

export function mayNotBeChanged(push: PushOf<'message.text'>): void {
  // @ts-expect-error: a push is what was sent
  push.content = '';
}

export const kinds: PushKind[] = ['message.text', 'event.scan', 'info.unknown'];
export const events: KindOf<'event'>[] = [
  'event.scan',
  // @ts-expect-error: a message is no event
  'message.text',
];
export const either = (push: PushOf<'message.video' | 'message.shortvideo'>): string => push.thumbMediaId;
// @ts-expect-error: kinds are lower-cased
export type Loud = PushOf<'event.SCAN'>;
