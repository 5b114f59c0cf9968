import type { Push } from '../protocol/push/push.js';
import type { Message } from './chat-completions.js';

/** A remembered turn, without the parts that only an endpoint needs. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
  /** Address of its picture, which WeChat keeps for some days. */
  readonly picture?: string;
}

/** A question for the model, or a sentence for the user if there is none. */
export type Question =
  { readonly type: 'question'; readonly turn: Turn } | { readonly type: 'no-question'; readonly say: string };

/**
 * Texts by which WeChat replaces stickers, red packets and cards. Source: public reports of the Chinese, Taiwanese and
 * English clients.
 */
const UNSUPPORTED =
  /^\s*(?:【收到不支[持援]的(?:消息|訊息)[^】]*】|\[(?:received )?(?:an )?unsupported message[^\]]*\])\s*$/i;

/** Reads the question: a text, recognized voice, or a picture if the model sees. */
export function questionOf(said: string | Push, sees: boolean): Question {
  if (typeof said === 'string') return asked(said);
  switch (said.kind) {
    case 'message.text':
      return asked(said.content);
    case 'message.voice':
      return said.recognition?.trim()
        ? asked(said.recognition.trim())
        : sentence('我没有听清，请用文字告诉我。');
    case 'message.image':
      return sees
        ? {
            type: 'question',
            turn: { role: 'user', content: '（用户发来一张图片。）', picture: said.picUrl },
          }
        : sentence('我还看不了图片，请用文字告诉我。');
    default:
      return sentence('这种消息我还看不懂，请用文字告诉我。');
  }
}

/** Converts a turn for the endpoint. A model that does not see is only told that there was a picture. */
export const messageOf = ({ role, content, picture }: Turn, sees: boolean): Message =>
  picture === undefined || !sees
    ? { role, content }
    : {
        role,
        content: [
          { type: 'text', text: content },
          { type: 'image_url', image_url: { url: picture } },
        ],
      };

const asked = (content: string): Question =>
  UNSUPPORTED.test(content)
    ? sentence('这种消息我还看不懂，请用文字告诉我。')
    : { type: 'question', turn: { role: 'user', content } };

const sentence = (say: string): Question => ({ type: 'no-question', say });
