import type { TextStream } from '../handler-runtime/text-stream.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { Push } from '../protocol/push/push.js';
import type { Account } from './account.js';
import type { RecordRef } from './record/record-ref.js';

/** WeChat shows "is typing" for about fifteen seconds. */
const TYPING_INTERVAL_MS = 12_000;
const QUOTA_POLL_INTERVAL_MS = 1_000;

/**
 * Shows the user "is typing" while an answer is written after its deadline, and aborts it when the user writes again, on any
 * process. Neither ever fails the answer, and neither happens on a passive-only account. Returns a function that stops both.
 */
export function startTypingIndicator(
  { store, clock, log }: { store: StateStore; clock: Clock; log: Logger },
  account: Account,
  push: Push,
  { sender, pushId }: RecordRef,
  stream: TextStream,
): () => void {
  const cancels = new Set<() => void>();
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    for (const cancel of cancels) cancel();
  };
  const every = (ms: number, act: () => Promise<boolean>): void => {
    if (stopped) return;
    const cancel = clock.schedule(
      ms,
      () => {
        cancels.delete(cancel);
        void act().then((goOn) => goOn && every(ms, act));
      },
      { background: true },
    );
    cancels.add(cancel);
  };
  const isTyping = (): Promise<boolean> =>
    account.api.messages.typing({ touser: push.user, command: 'Typing' }).then(
      () => true,
      () => false,
    );
  /** Each message of the user moves the end of the send quota. */
  const windowEnd = async (): Promise<number | undefined> => {
    try {
      return (await store.sendQuota({ sender, nowMs: clock.now() })).untilMs;
    } catch {
      return undefined;
    }
  };

  // On a passive-only account the next message fetches the rest of the answer, so it must not abort it.
  if (account.deliveryPolicy.channel !== 'customer-service') return stop;
  void isTyping().then((goOn) => goOn && every(TYPING_INTERVAL_MS, isTyping));
  if (stream.onNewMessage === 'abort')
    void windowEnd().then((first) => {
      every(QUOTA_POLL_INTERVAL_MS, async () => {
        const end = await windowEnd();
        if (first === undefined || end === undefined || end <= first) return true;
        log.info({ pushId }, 'stream aborted: its user wrote again');
        stream.abort();
        return false;
      });
    });
  return stop;
}
