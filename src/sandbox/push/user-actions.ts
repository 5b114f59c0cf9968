import type { SandboxState } from '../sandbox-state.js';
import type { UserAction, Follower, MenuButton, PushFields, PushRequest } from '../types/types.js';
import type { Delivery, Origin } from './pusher.js';
import { push } from './push.js';

/** Refusal of a user action, with a sentence for the caller. */
export class ActionInvalid extends Error {
  override readonly name = 'CannotAct';
}

/** Performs an action of a follower, and pushes what WeChat would push, in order. @throws ActionInvalid */
export function performAction(
  state: SandboxState,
  openId: string | undefined,
  action: UserAction,
): readonly Delivery[] {
  const scenes = state.qrCodes;
  const follower = state.followers.getOrCreate(openId);
  const send = (kind: string, fields: PushFields = {}, origin: Origin = {}): readonly Delivery[] =>
    push(state, { follower: follower.openId, kind, fields } satisfies PushRequest, origin);

  switch (action.action) {
    case 'follow': {
      const scene = action.qrTicket === undefined ? action.scene : scenes.sceneOf(action.qrTicket);
      if (scene === undefined) return send('event.subscribe', { EventKey: '' });
      const ticket = action.qrTicket ?? scenes.ticketOf(scene);
      return send('event.subscribe', { EventKey: `qrscene_${scene}`, Ticket: ticket });
    }
    case 'unfollow':
      return send('event.unsubscribe', { EventKey: '' });
    case 'scan': {
      const scene = action.ticket === undefined ? action.scene : scenes.sceneOf(action.ticket);
      if (scene === undefined) throw new ActionInvalid('no such QR code, or it has expired');
      const ticket = action.ticket ?? scenes.ticketOf(scene);
      return follower.following
        ? send('event.SCAN', { EventKey: scene, Ticket: ticket })
        : send('event.subscribe', { EventKey: `qrscene_${scene}`, Ticket: ticket });
    }
    case 'enter':
      state.menus.enter(follower);
      return [];
    case 'tap':
      state.menus.enter(follower);
      return tap(buttonAt(state, follower, action.button), state.menus.id, action, send);
    case 'tap-menu-message':
      return send('message.text', { Content: action.content, bizmsgmenuid: action.id });
    case 'opt-in':
      return optIn(state, follower, action, send);
    case 'refuse-messages':
      state.followers.change(follower.openId, { refusesMessages: action.refuse });
      return [];
    default:
      return action satisfies never;
  }
}

type Send = (kind: string, fields?: PushFields, origin?: Origin) => readonly Delivery[];

/** Presses a menu button. Buttons that show material or articles push nothing. */
function tap(
  button: MenuButton,
  menuId: number,
  action: Extract<UserAction, { action: 'tap' }>,
  send: Send,
): readonly Delivery[] {
  const key = { EventKey: button.key ?? '' };
  switch (button.type) {
    case 'click':
      return send('event.CLICK', key);
    case 'view':
      return send('event.VIEW', { EventKey: button.url ?? '', MenuId: menuId });
    case 'miniprogram':
      return send('event.view_miniprogram', { EventKey: button.pagepath ?? '', MenuId: menuId });
    case 'scancode_push':
    case 'scancode_waitmsg': {
      const info = { ScanType: 'qrcode', ScanResult: action.scanResult ?? 'http://weixin.qq.com/q/sandbox' };
      return send(`event.${button.type}`, { ...key, ScanCodeInfo: info });
    }
    case 'pic_sysphoto':
    case 'pic_photo_or_album':
    case 'pic_weixin':
      return sendPictures(button.type, key, action.pictures ?? 1, send);
    case 'location_select': {
      const place = { Location_X: '23.137466', Location_Y: '113.352425' };
      const info = { ...place, Scale: '15', Label: ' 广州市海珠区客村艺苑路 106号', Poiname: '' };
      const event = send('event.location_select', { ...key, SendLocationInfo: info });
      const consequenceOf = event[0]?.exchange.id ?? '';
      return [
        ...event,
        ...send('message.location', { ...place, Label: info.Label.trim() }, { consequenceOf }),
      ];
    }
    default:
      return [];
  }
}

function sendPictures(type: string, key: PushFields, count: number, send: Send): readonly Delivery[] {
  const pictures = Array.from({ length: count }, (_, index) => `5a75aaca956d97be686719218f275c${10 + index}`);
  const list = pictures.length === 0 ? {} : { item: pictures.map((PicMd5Sum) => ({ PicMd5Sum })) };
  const event = send(`event.${type}`, { ...key, SendPicsInfo: { Count: count, PicList: list } });
  const consequenceOf = event[0]?.exchange.id ?? '';
  return [...event, ...pictures.flatMap(() => send('message.image', {}, { consequenceOf }))];
}

function optIn(
  state: SandboxState,
  follower: Follower,
  { templateId, accept = true }: Extract<UserAction, { action: 'opt-in' }>,
  send: Send,
): readonly Delivery[] {
  const left = (follower.optIns[templateId] ?? 0) + 1;
  if (accept) state.followers.change(follower.openId, { optIns: { ...follower.optIns, [templateId]: left } });
  const entry = {
    TemplateId: templateId,
    SubscribeStatusString: accept ? 'accept' : 'reject',
    PopupScene: 1,
  };
  return send('event.subscribe_msg_popup_event', { SubscribeMsgPopupEvent: { List: entry } });
}

/** Finds a button by its position, `"0"` or `"1.2"`, in the menu on the follower's phone. */
function buttonAt(state: SandboxState, follower: Follower, place: string): MenuButton {
  const { seen } = state.menus.view(follower);
  const [top, sub] = place.split('.').map(Number);
  const button = seen?.[top ?? -1];
  const pressed = sub === undefined ? button : button?.sub_button?.[sub];
  if (pressed === undefined) throw new ActionInvalid(`the follower sees no menu button ${place}`);
  if ((pressed.sub_button?.length ?? 0) > 0)
    throw new ActionInvalid(`button ${place} only opens its sub-menu`);
  return pressed;
}
