import { event, freshWord, message, text } from './pushes.js';
import type { Rule } from './rule.js';
import { reformatted, acceptsRule } from './accepts-rule.js';

/** Whatever is pushed, it is taken. */
export const bodyRules: readonly Rule[] = [
  acceptsRule(
    {
      id: 'known-kinds',
      level: 'must',
      title: 'Every documented message and event is accepted',
      says: 'A push that the server does nothing about is answered with `success` all the same.',
      source: '接收普通消息; 接收事件推送',
      remedy: 'Answer `success` to whatever no handler wants.',
    },
    (target) => [
      ['an image', message(target, 'image', { PicUrl: 'http://mmbiz.qpic.cn/x', MediaId: 'media-1' })],
      [
        'a voice message with empty Recognition',
        message(target, 'voice', { MediaId: 'media-1', Format: 'amr', Recognition: '' }),
      ],
      ['a video', message(target, 'video', { MediaId: 'media-1', ThumbMediaId: 'media-2' })],
      [
        'a location',
        message(target, 'location', {
          Location_X: '23.134521',
          Location_Y: '113.358803',
          Scale: '20',
          Label: '',
        }),
      ],
      [
        'a link',
        message(target, 'link', { Title: 'a', Description: '', Url: 'https://example.com/?a=1&b=2' }),
      ],
      ['a new follower', event(target, 'subscribe', { EventKey: '' })],
      ['a follower gone', event(target, 'unsubscribe', { EventKey: '' })],
      ['a scan', event(target, 'SCAN', { EventKey: '123', Ticket: 'ticket' })],
      [
        'a reported location',
        event(target, 'LOCATION', { Latitude: '23.1', Longitude: '113.3', Precision: '119.3' }),
      ],
      ['a menu click', event(target, 'CLICK', { EventKey: freshWord() })],
      ['a menu link', event(target, 'VIEW', { EventKey: 'https://example.com/', MenuId: '1' })],
      [
        'a template that was sent',
        event(target, 'TEMPLATESENDJOBFINISH', { MsgID: '200163836', Status: 'success' }),
      ],
    ],
  ),
  acceptsRule(
    {
      id: 'unknown-message-type',
      level: 'must',
      title: 'A message of a type nobody knows is accepted',
      says: 'New types appear without notice; they are acknowledged.',
      source: '接收普通消息',
      remedy: 'Answer `success` to an unknown MsgType.',
    },
    (target) => [
      ['a message of an unknown type', message(target, 'conformance', { Content: 'x' })],
      [
        'a message of the retired type device_text',
        message(target, 'device_text', { DeviceID: '1', Content: 'eA==', SessionID: '1' }),
      ],
    ],
  ),
  acceptsRule(
    {
      id: 'unknown-event',
      level: 'must',
      title: 'An event that nobody knows is accepted',
      says: 'New events appear without notice; they are acknowledged.',
      source: '接收事件推送',
      remedy: 'Answer `success` to an unknown Event.',
    },
    (target) => [
      ['an unknown event', event(target, 'conformance_test', { EventKey: 'x' })],
      ['an event without EventKey', event(target, 'conformance_test')],
      ['an event whose MsgType is spelt "Event"', event(target, 'conformance_test', { MsgType: 'Event' })],
    ],
  ),
  acceptsRule(
    {
      id: 'unknown-fields',
      level: 'must',
      title: 'Elements that nobody knows do no harm, in whatever order they stand',
      says: 'Elements appear without notice, and their order differs from type to type.',
      source: '接收普通消息',
      remedy: 'Read elements by name, and pass over the others.',
    },
    (target) => [
      [
        'a text with unknown elements',
        text(target, freshWord(), { Conformance: '1', Nested: { Deeper: { Still: 'x' } }, bizmsgmenuid: '' }),
      ],
      [
        'a text with an element called toString',
        text(target, freshWord(), { toString: 'x', constructor: 'y' }),
      ],
      reformatted(
        target,
        'a text with its elements in reverse order',
        (xml) =>
          `<xml>${xml
            .slice(5, -6)
            .split('\n')
            .filter((line) => line !== '')
            .toReversed()
            .join('\n')}\n</xml>`,
      ),
    ],
  ),
  acceptsRule(
    {
      id: 'missing-msg-id',
      level: 'must',
      title: 'A message without MsgId is accepted',
      says: 'Some old bodies have none.',
      source: '接收普通消息, 关于重试的消息排重',
      remedy: 'Fall back on sender, second and content where MsgId is missing.',
    },
    (target) => [
      reformatted(target, 'a text without MsgId', (xml) => xml.replace(/<MsgId>.*?<\/MsgId>\n/, '')),
    ],
  ),
  acceptsRule(
    {
      id: 'empty-text',
      level: 'must',
      title: 'An empty text is accepted',
      says: 'A text is handed on as it was typed, and may be empty.',
      source: '接收普通消息, 文本消息',
      remedy: 'Answer `success`, not a reply with empty Content.',
    },
    (target) => [
      ['an empty text', message(target, 'text', { Content: '' })],
      ['a text of blanks', message(target, 'text', { Content: '  ' })],
      reformatted(target, 'a text with <Content/>', (xml) =>
        xml.replace(/<Content>[\s\S]*<\/Content>/, '<Content/>'),
      ),
    ],
  ),
  acceptsRule(
    {
      id: 'lists-of-any-length',
      level: 'must',
      title: 'Lists of one, of several and of none are accepted',
      says: 'A list repeats its element; with one entry it looks like a single element.',
      source: '接收事件推送, 订阅通知',
      remedy: 'Read a repeatable element as a list, however often it occurs.',
    },
    (target) => {
      const popup = { TemplateId: 'template-1', SubscribeStatusString: 'accept', PopupScene: '2' };
      const picture = { item: { PicMd5Sum: '1b5f7c23b5bf75682a53e7b6d163e185' } };
      return [
        [
          'a subscription notice with a list of one',
          event(target, 'subscribe_msg_popup_event', { SubscribeMsgPopupEvent: { List: popup } }),
        ],
        [
          'a subscription notice with a list of two',
          event(target, 'subscribe_msg_popup_event', { SubscribeMsgPopupEvent: { List: [popup, popup] } }),
        ],
        [
          'a subscription notice with an empty list',
          event(target, 'subscribe_msg_popup_event', { SubscribeMsgPopupEvent: '' }),
        ],
        [
          'one picture of the album',
          event(target, 'pic_weixin', { EventKey: 'x', SendPicsInfo: { Count: 1, PicList: picture } }),
        ],
        [
          'two lists of pictures',
          event(target, 'pic_weixin', {
            EventKey: 'x',
            SendPicsInfo: { Count: 2, PicList: [picture, picture] },
          }),
        ],
      ];
    },
  ),
];
