import type { TextStream } from '../handler-runtime/text-stream.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { Push } from '../protocol/push.js';
import type { Account } from './account.js';
import type { RecordRef } from './record/record-ref.js';

/** WeChat shows "is typing" for about fifteen seconds. */
const TYPING_INTERVAL_MS = 12_000;
const QUOTA_POLL_INTERVAL_MS = 1_000;

/**
 * While an answer is being written after its deadline: shows its user that somebody types, and breaks it off when the
 * user writes again, on whichever process that arrives. Neither ever fails the answer, and neither is done where the
 * account may not send. Returns how to stop.
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
  /** Each message of the user moves the end of the window. */
  const windowEnd = async (): Promise<number | undefined> => {
    try {
      return (await store.sendQuota({ sender, nowMs: clock.now() })).untilMs;
    } catch {
      return undefined;
    }
  };

  // Where the rest of an answer waits for the next message, that message comes for it.
  if (account.deliveryPolicy.channel !== 'customer-service') return stop;
  void isTyping().then((goOn) => goOn && every(TYPING_INTERVAL_MS, isTyping));
  if (stream.onNewMessage === 'abort')
    void windowEnd().then((first) => {
      every(QUOTA_POLL_INTERVAL_MS, async () => {
        const end = await windowEnd();
        if (first === undefined || end === undefined || end <= first) return true;
        log.info({ pushId }, 'its user wrote again: the rest of a long answer is broken off');
        stream.abort();
        return false;
      });
    });
  return stop;
}
