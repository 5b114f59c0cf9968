import type { Clock } from '../../ports/clock.js';
import type { ServerEvent, TokenRefreshed, TokenSuperseded } from '../../ports/events.js';
import type { AlarmBoard } from './alarm-board.js';
import { ALARM_TEXTS } from './alarm-texts.js';
import { StateRule } from './state-rule.js';

/** Another program that fetches tokens is believed gone after this. */
const FOREIGN_ENDS_MS = 3_600_000;

/** Raises `token` and `foreign_refresher` out of what the token keepers report. */
export class TokenRules {
  readonly #clock: Clock;
  readonly #board: AlarmBoard;
  readonly #missing: StateRule;
  readonly #afterMs: number;
  readonly #tokens = new Map<string, { failed: TokenRefreshed | undefined; validUntilMs: number }>();
  readonly #foreign = new Map<string, { lastAtMs: number; event: TokenSuperseded }>();

  /** `afterMs`: how long no valid token is to be had before the alarm begins; 0: never. */
  constructor(clock: Clock, board: AlarmBoard, afterMs: number) {
    this.#clock = clock;
    this.#board = board;
    this.#afterMs = afterMs;
    this.#missing = new StateRule(board, clock, 'token', afterMs);
  }

  hear(event: ServerEvent): void {
    if (event.type === 'token.superseded') {
      this.#foreign.set(event.account, { lastAtMs: this.#clock.now(), event });
      const { account, times } = event;
      this.#board.raise({ alarm: 'foreign_refresher', account }, times, () =>
        ALARM_TEXTS.foreign_refresher({ count: times }),
      );
    } else if (event.type === 'token.refreshed') {
      const validUntilMs = event.expiresAtMs ?? this.#tokens.get(event.account)?.validUntilMs ?? 0;
      this.#tokens.set(event.account, {
        failed: event.result === 'failed' ? event : undefined,
        validUntilMs,
      });
      this.tick();
    }
  }

  tick(): void {
    const nowMs = this.#clock.now();
    for (const [account, { failed, validUntilMs }] of this.#tokens) {
      const isMissing = this.#afterMs > 0 && failed !== undefined && validUntilMs <= nowMs;
      const errcode = failed?.errcode === undefined ? '' : `errcode ${failed.errcode}: `;
      this.#missing.look(isMissing, { account, detail: `${errcode}${failed?.detail ?? ''}` });
    }
    for (const [account, { lastAtMs }] of this.#foreign) {
      if (nowMs - lastAtMs < FOREIGN_ENDS_MS) continue;
      this.#foreign.delete(account);
      this.#board.clear({ alarm: 'foreign_refresher', account });
    }
  }
}
