import { TEMPLATES } from '../push/templates/templates.js';
import { event, freshWord, message, templatePush, text, type Case } from './pushes.js';
import type { Rule } from './rule.js';
import { reformatted, acceptsRule } from './accepts-rule.js';

/** All that the platform's pages know; what they do not is asked by rules of its own. */
const KNOWN = TEMPLATES.filter(({ kind }) => !kind.includes('some_future'));

/** Rules: the server accepts every form of push body. */
export const bodyRules: readonly Rule[] = [
  acceptsRule(
    {
      id: 'known-kinds',
      level: 'must',
      title: { en: 'Every documented message and event is accepted', zh: '文档列出的每种消息和事件都能接受' },
      says: {
        en: 'A push that the server does nothing about is answered with `success` all the same.',
        zh: '不处理的推送也要回复 `success`。',
      },
      source: '接收普通消息; 接收事件推送',
      remedy: {
        en: 'Answer `success` to whatever no handler wants.',
        zh: '没有程序处理的推送，一律返回 `success`。',
      },
    },
    (target) => [
      ['a voice message with empty Recognition', message(target, 'voice', { MediaId: '1', Recognition: '' })],
      ...KNOWN.map((template): Case => [`${template.en} (${template.id})`, templatePush(target, template)]),
    ],
  ),
  acceptsRule(
    {
      id: 'unknown-message-type',
      level: 'must',
      title: { en: 'A message of an unknown type is accepted', zh: '接受未知类型的消息' },
      says: {
        en: 'New types appear without notice; they are acknowledged.',
        zh: '新的消息类型会不经通知出现，同样要应答。',
      },
      source: '接收普通消息',
      remedy: { en: 'Answer `success` to an unknown MsgType.', zh: '未知的 MsgType 返回 `success`。' },
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
      title: { en: 'An unknown event is accepted', zh: '接受未知的事件' },
      says: {
        en: 'New events appear without notice; they are acknowledged.',
        zh: '新的事件会不经通知出现，同样要应答。',
      },
      source: '接收事件推送',
      remedy: { en: 'Answer `success` to an unknown Event.', zh: '未知的 Event 返回 `success`。' },
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
      title: { en: 'Unknown elements do no harm, in any order', zh: '未知的字段不影响处理，顺序任意' },
      says: {
        en: 'Elements appear without notice, and their order differs from type to type.',
        zh: '字段会不经通知增加，顺序也因类型而异。',
      },
      source: '接收普通消息',
      remedy: { en: 'Read elements by name, and pass over the others.', zh: '按名称读取字段，跳过其余的。' },
    },
    (target) => [
      [
        'a text with unknown elements',
        text(target, freshWord(), { Conformance: '1', Nested: { Deeper: { Still: 'x' } }, bizmsgmenuid: '' }),
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
      id: 'names-of-object-members',
      level: 'should',
      title: {
        en: 'Elements called toString or constructor do no harm',
        zh: '名为 toString 或 constructor 的字段不影响处理',
      },
      says: { en: 'Elements appear without notice, under any name.', zh: '字段会不经通知增加，名称不限。' },
      source: '接收普通消息',
      remedy: {
        en: 'Read elements into a map, or into an object without a prototype.',
        zh: '把字段读入 Map，或没有原型的对象。',
      },
    },
    (target) => [
      [
        'a text with an element called toString',
        text(target, freshWord(), { toString: 'x', constructor: 'y' }),
      ],
    ],
  ),
  acceptsRule(
    {
      id: 'missing-msg-id',
      level: 'must',
      title: { en: 'A message without MsgId is accepted', zh: '接受没有 MsgId 的消息' },
      says: { en: 'Some old bodies have none.', zh: '有些旧格式的消息没有 MsgId。' },
      source: '接收普通消息, 关于重试的消息排重',
      remedy: {
        en: 'Fall back on sender, second and content where MsgId is missing.',
        zh: '没有 MsgId 时，改用发送者、时间和内容排重。',
      },
    },
    (target) => [
      reformatted(target, 'a text without MsgId', (xml) => xml.replace(/<MsgId>.*?<\/MsgId>\n/, '')),
    ],
  ),
  acceptsRule(
    {
      id: 'empty-text',
      level: 'must',
      title: { en: 'An empty text is accepted', zh: '接受内容为空的文字消息' },
      says: {
        en: 'A text is handed on as it was typed, and may be empty.',
        zh: '文本原样转发，也可能为空。',
      },
      source: '接收普通消息, 文本消息',
      remedy: {
        en: 'Answer `success`, not a reply with empty Content.',
        zh: '返回 `success`，不要回复 Content 为空的文本。',
      },
    },
    (target) => {
      const [empty, bare] = [
        message(target, 'text', { Content: '' }),
        message(target, 'text', { Content: '' }),
      ];
      return [
        ['an empty text', empty],
        ['a text of blanks', message(target, 'text', { Content: '  ' })],
        [
          'a text with <Content/>',
          { ...bare, xml: bare.xml.replace(/<Content>.*<\/Content>/, '<Content/>') },
        ],
      ];
    },
  ),
  acceptsRule(
    {
      id: 'lists-of-any-length',
      level: 'must',
      title: { en: 'Lists with no, one and several items are accepted', zh: '列表有零项、一项、多项都接受' },
      says: {
        en: 'A list repeats its element; with one entry it looks like a single element.',
        zh: '列表就是重复的元素；只有一项时，看起来像普通元素。',
      },
      source: '接收事件推送, 订阅通知',
      remedy: {
        en: 'Read a repeatable element as a list, however often it occurs.',
        zh: '可重复的元素一律按列表读取，不管出现几次。',
      },
    },
    (target) => {
      const popup = { TemplateId: 'template-1', SubscribeStatusString: 'accept', PopupScene: '2' };
      const picture = { PicMd5Sum: '1b5f7c23b5bf75682a53e7b6d163e185' };
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
          event(target, 'subscribe_msg_popup_event', { SubscribeMsgPopupEvent: {} }),
        ],
        [
          'one picture of the album',
          event(target, 'pic_weixin', {
            EventKey: 'x',
            SendPicsInfo: { Count: 1, PicList: { item: picture } },
          }),
        ],
        [
          'two pictures of the album',
          event(target, 'pic_weixin', {
            EventKey: 'x',
            SendPicsInfo: { Count: 2, PicList: { item: [picture, picture] } },
          }),
        ],
      ];
    },
  ),
];
