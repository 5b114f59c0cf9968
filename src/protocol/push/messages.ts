import type { Fields } from '../fields.js';
import { toOpenId } from '../ids.js';
import { block, number, optionalText, text } from './read-field.js';
import type { Readers } from './readers.js';

/** Messages of a user. Source: 接收普通消息; retired kinds from published captures. */
export const messages = {
  'message.text': (f) => ({
    /** As typed, including blanks; may be empty. */
    content: text(f, 'Content'),
    /** Id of the menu message's item that was tapped; `content` is its label then. */
    menuItemId: optionalText(f, 'bizmsgmenuid'),
  }),
  'message.image': (f) => ({ picUrl: text(f, 'PicUrl'), mediaId: text(f, 'MediaId') }),
  'message.voice': (f) => ({
    mediaId: text(f, 'MediaId'),
    /** The same voice at 16 kHz. */
    mediaId16k: optionalText(f, 'MediaId16K'),
    format: text(f, 'Format'),
    /** The recognized text; usually empty, absent if recognition is off. */
    recognition: optionalText(f, 'Recognition'),
  }),
  'message.video': (f) => ({ mediaId: text(f, 'MediaId'), thumbMediaId: text(f, 'ThumbMediaId') }),
  'message.shortvideo': (f) => ({ mediaId: text(f, 'MediaId'), thumbMediaId: text(f, 'ThumbMediaId') }),
  'message.location': (f) => ({
    latitude: number(f, 'Location_X'),
    longitude: number(f, 'Location_Y'),
    scale: number(f, 'Scale'),
    label: text(f, 'Label'),
  }),
  'message.link': (f) => ({
    title: text(f, 'Title'),
    description: text(f, 'Description'),
    url: text(f, 'Url'),
  }),
  'message.file': (f) => ({
    title: text(f, 'Title'),
    description: text(f, 'Description'),
    fileKey: text(f, 'FileKey'),
    fileMd5: text(f, 'FileMd5'),
    /** Bytes. */
    fileSize: number(f, 'FileTotalLen'),
  }),
  'message.miniprogrampage': (f) => ({
    title: text(f, 'Title'),
    appId: text(f, 'AppId'),
    pagePath: text(f, 'PagePath'),
    thumbUrl: text(f, 'ThumbUrl'),
    thumbMediaId: optionalText(f, 'ThumbMediaId'),
  }),
  'message.device_text': (f) => ({
    ...device(f),
    sessionId: text(f, 'SessionID'),
    /** Base64. */
    content: text(f, 'Content'),
  }),
  'message.device_event': (f) => ({
    ...device(f),
    sessionId: text(f, 'SessionID'),
    content: text(f, 'Content'),
    /** `bind`, `unbind`, `subscribe_status`, `unsubscribe_status`. */
    deviceEvent: text(f, 'Event'),
    /** 0 unsubscribe, 1 heartbeat, 2 subscribe. */
    opType: optionalText(f, 'OpType'),
  }),
  'message.device_status': (f) => ({ ...device(f), deviceStatus: text(f, 'DeviceStatus') }),
  'message.hardware': (f) => ({
    messageView: text(block(f, 'HardWare'), 'MessageView'),
    messageAction: text(block(f, 'HardWare'), 'MessageAction'),
  }),
  'message.unknown': () => ({}),
} satisfies Readers;

function device(f: Fields) {
  return {
    deviceType: text(f, 'DeviceType'),
    deviceId: text(f, 'DeviceID'),
    openId: toOpenId(text(f, 'OpenID')),
  };
}
