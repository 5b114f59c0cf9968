import type { Receiver } from '../pipeline/receive.js';
import { within } from './spans.js';

/** Traces each attempt of WeChat's. A held attempt has no status. */
export function traceReceiver(receiver: Receiver, account: string): Receiver {
  return {
    ...receiver,
    receive: (request) =>
      within('push', { role: 'server', attributes: { 'wechat.account': account } }, async (span) => {
        const answer = await receiver.receive(request);
        if (answer !== undefined) span.setAttribute('http.response.status_code', answer.status);
        return answer;
      }),
  };
}
