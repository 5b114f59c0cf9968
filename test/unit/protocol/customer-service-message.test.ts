import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  toCustomerServiceBody,
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../../../src/protocol/customer-service-message.js';
import { toOpenId } from '../../../src/protocol/ids.js';
import { ReplyInvalid, reply, type LateReply } from '../../../src/protocol/reply.js';

const article = { title: 't', description: 'd', picUrl: 'p', url: 'u' };
const USER = toOpenId('oUser');

describe('given a late reply of each type', () => {
  test.each<[string, LateReply, CustomerServiceMessage]>([
    ['text', reply.text('好'), { msgtype: 'text', text: { content: '好' } }],
    ['image', reply.image('m'), { msgtype: 'image', image: { media_id: 'm' } }],
    ['voice', reply.voice('m'), { msgtype: 'voice', voice: { media_id: 'm' } }],
    ['bare video', reply.video('m'), { msgtype: 'video', video: { media_id: 'm' } }],
    [
      'video',
      reply.video('m', { title: 't', description: 'd', thumbMediaId: 'c' }),
      { msgtype: 'video', video: { media_id: 'm', thumb_media_id: 'c', title: 't', description: 'd' } },
    ],
    [
      'music',
      reply.music({ title: 't', description: 'd', musicUrl: 'a', hqMusicUrl: 'b', thumbMediaId: 'c' }),
      {
        msgtype: 'music',
        music: { title: 't', description: 'd', musicurl: 'a', hqmusicurl: 'b', thumb_media_id: 'c' },
      },
    ],
    [
      'bare music, whose required fields are there all the same',
      reply.music({ thumbMediaId: 'c' }),
      { msgtype: 'music', music: { title: '', description: '', musicurl: '', thumb_media_id: 'c' } },
    ],
    [
      'news',
      reply.news([article]),
      { msgtype: 'news', news: { articles: [{ title: 't', description: 'd', url: 'u', picurl: 'p' }] } },
    ],
  ])('when it is %s, then the message is in the spelling of the API', (_name, late, message) => {
    expect(toCustomerServiceMessage(late)).toEqual(message);
  });

  test('when WeChat would refuse it, then we do', () => {
    expect(() => toCustomerServiceMessage(reply.text(''))).toThrow(ReplyInvalid);
    expect(() => toCustomerServiceMessage(reply.news([]))).toThrow(ReplyInvalid);
    expect(() => toCustomerServiceMessage(reply.news([article, article]))).toThrow(
      /carries one article.* has 2/,
    );
  });
});

describe('given a message to send', () => {
  const bodyOf = (content: string): string =>
    toCustomerServiceBody(USER, { msgtype: 'text', text: { content } });

  test('when it becomes a body, then it has a receiver, a type and one body named after it', () => {
    expect(bodyOf('a')).toBe('{"touser":"oUser","msgtype":"text","text":{"content":"a"}}');
  });

  test('when an agent or an AI speaks, then the body says so', () => {
    const message: CustomerServiceMessage = {
      msgtype: 'msgmenu',
      msgmenu: { head_content: 'h', list: [{ id: '1', content: 'yes' }], tail_content: 't' },
      customservice: { kf_account: 'test1@kftest' },
      aimsgcontext: { is_ai_msg: 1 },
    };
    expect(JSON.parse(toCustomerServiceBody(USER, message))).toEqual({ touser: 'oUser', ...message });
  });

  test('when the text has Chinese, emoji, markup, quotes and line ends, then only JSON’s own escapes appear', () => {
    const content = '中\u2028😀<a href="x">&</a>\n\t\r\\u4e2d';
    const body = bodyOf(content);
    expect(body).toContain('中\u2028😀<a href=\\"x\\">&</a>\\n\\t\\r\\\\u4e2d');
    expect(JSON.parse(body)).toMatchObject({ text: { content } });
  });

  test('when the text holds anything at all, then no \\u escape is written and the rest arrives', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\uD800', '\u0007\b', '\f\u001F', '\u007F'),
        (a, b) => {
          const body = bodyOf(`${a}${b}é${a}`);
          expect(body.replaceAll('\\\\', '')).not.toMatch(/\\[ubf]/);
          expect(Buffer.from(body).toString()).toBe(body); // no lone surrogate is left for UTF-8 to spoil
          expect(JSON.parse(body)).toMatchObject({ text: { content: expect.stringContaining('é') } });
        },
      ),
    );
  });
});
