import type { CustomerServiceMessage } from '../../protocol/customer-service-message.js';
import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';

/** Path of `send`, the only call whose lost answer makes a delivery ambiguous. */
export const SEND_PATH = '/cgi-bin/message/custom/send';

/** Customer-service messages (客服消息), to users with a send quota. Verified accounts only. */
export const messages = (on: CallExecutor) => ({
  /**
   * Sends one message outside the five seconds. Five within 48 hours of a user's message, three within a minute of a
   * menu tap, a subscription or a scan. There is no message id: if the answer is lost, it is unknown whether the
   * message arrived.
   *
   * Refusals: 45015 window over · 45047 number used up · 43004, 43019, 48002 the user · 48001 the account.
   * Source: 发送客服消息.
   */
  send: endpoint<{ readonly touser: OpenId } & CustomerServiceMessage>(on, {
    method: 'POST',
    path: SEND_PATH,
    idempotent: false,
    quota: 'customer-service message',
  }),
  /**
   * Shows or hides "is typing". Needs a message within the last 30 s (45080), ends with the next message or after some
   * 15 s. Its failures are cosmetic: never let them fail an answer.
   *
   * Source: 客服输入状态.
   */
  typing: endpoint<{
    readonly touser: OpenId;
    readonly command: 'Typing' | 'CancelTyping';
    readonly business_id?: string;
  }>(on, {
    method: 'POST',
    path: '/cgi-bin/message/custom/typing',
    idempotent: true,
    quota: 'customer-service message',
  }),
});
