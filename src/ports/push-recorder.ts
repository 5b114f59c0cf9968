import type { Push } from '../protocol/push/push.js';

/** The answer to one attempt before it was sealed. A body other than `success` and '' is reply XML. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
}

/** One attempt of a push, with its answer. */
export interface PushExchange {
  /** Name of the account. */
  readonly account: string;
  readonly appId: string;
  readonly push: Push;
  /** Arrival of the first byte, by the system clock. */
  readonly atMs: number;
  readonly tookMs: number;
  /** `undefined`: the attempt was held, so that WeChat retries. */
  readonly answer: PlainAnswer | undefined;
}

/**
 * Records pushes and their answers for `wechat-callback replay`. `record` returns at once and never throws. A port of
 * its own, because `Events` carry no text of a user.
 */
export interface PushRecorder {
  record(exchange: PushExchange): void;
}
