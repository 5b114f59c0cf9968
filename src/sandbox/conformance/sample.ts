import { event, freshWord, message, text, type Case } from './pushes.js';
import type { Target } from './target.js';

/** Texts whose echo is malformed where a server writes them into its XML as they are. */
export const MARKUP = ['<b>x</b>', '&amp;', '<![CDATA[x', '&lt;a href="x"&gt;', '</xml>'];
export const CDATA_ENDS = ['a]]>b', ']]>', ']]]]>>'];

/** Honest pushes whose answers show most of what a server replies. */
export function samplePushes(target: Target): readonly Case[] {
  return [
    ['a text message', text(target, freshWord())],
    ['a text message in Chinese', text(target, '你好，世界')],
    ...[...MARKUP, ...CDATA_ENDS].map((typed): Case => [
      `the text ${JSON.stringify(typed)}`,
      text(target, typed, {}, { escapesCdataEnd: true }),
    ]),
    ['an empty text message', message(target, 'text', { Content: '' })],
    ['a text message of 4,200 bytes', text(target, '是'.repeat(1_400))],
    [
      'an image',
      message(target, 'image', { PicUrl: 'http://mmbiz.qpic.cn/conformance', MediaId: 'media-1' }),
    ],
    [
      'a location',
      message(target, 'location', {
        Location_X: '23.134521',
        Location_Y: '113.358803',
        Scale: '20',
        Label: '广州',
      }),
    ],
    ['a menu click', event(target, 'CLICK', { EventKey: freshWord() })],
    ['a new follower', event(target, 'subscribe', { EventKey: '' })],
    ['a message of an unknown type', message(target, 'conformance', { Content: 'x' })],
    ['an unknown event', event(target, 'conformance_test', { EventKey: 'x' })],
  ];
}
