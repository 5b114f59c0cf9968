import type { Clock } from '../../ports/clock.js';
import type { ServerEvent, TokenRefreshed, TokenSuperseded } from '../../ports/events.js';
import type { AlarmBoard } from './alarm-board.js';
import { adviceFor } from '../../protocol/errcodes.js';
import type { Words } from '../../protocol/words.js';
import { ALARM_TEXTS } from './alarm-texts.js';
import { StateRule } from './state-rule.js';

/** Another program that fetches tokens counts as gone after this time. */
const FOREIGN_ENDS_MS = 3_600_000;
/** Delay of the alarm: a reset AppSecret also ends our token, and a failed fetch shows that within this time. */
const FOREIGN_SURE_AFTER_MS = 10_000;

/** Raises `token` and `foreign_refresher` from the events of the token keepers report. */
export class TokenRules {
  readonly #clock: Clock;
  readonly #board: AlarmBoard;
  readonly #missing: StateRule;
  readonly #tokens = new Map<string, { failed: TokenRefreshed | undefined; validUntilMs: number }>();
  readonly #suspected = new Map<string, { atMs: number; event: TokenSuperseded }>();
  /** Time at which another program was last detected. */
  readonly #foreign = new Map<string, number>();

  /** `afterMs`: time without a valid token before the alarm begins; 0: never. */
  constructor(clock: Clock, board: AlarmBoard, afterMs: number) {
    this.#clock = clock;
    this.#board = board;
    this.#missing = new StateRule(board, clock, 'token', afterMs, afterMs);
  }

  hear(event: ServerEvent): void {
    if (event.type === 'token.superseded') {
      this.#suspected.set(event.account, { atMs: this.#clock.now(), event });
    } else if (event.type === 'token.refreshed') {
      if (event.result === 'failed') this.#suspected.delete(event.account);
      const validUntilMs = event.expiresAtMs ?? this.#tokens.get(event.account)?.validUntilMs ?? 0;
      this.#tokens.set(event.account, {
        failed: event.result === 'failed' ? event : undefined,
        validUntilMs,
      });
      this.tick();
    } else if (event.type === 'settings.reloaded') {
      for (const account of event.removed) this.#forget(account);
    }
  }

  #forget(account: string): void {
    for (const known of [this.#tokens, this.#suspected, this.#foreign]) known.delete(account);
    this.#missing.look(false, { account });
    this.#board.clear({ alarm: 'foreign_refresher', account });
  }

  tick(): void {
    const nowMs = this.#clock.now();
    for (const [account, { failed, validUntilMs }] of this.#tokens) {
      const isMissing = failed !== undefined && validUntilMs <= nowMs;
      const detail = failed === undefined ? undefined : whyOf(failed);
      this.#missing.look(isMissing, { account, ...(detail !== undefined && { detail }) });
    }
    for (const [account, { atMs, event }] of this.#suspected) {
      if (nowMs - atMs < FOREIGN_SURE_AFTER_MS) continue;
      this.#suspected.delete(account);
      this.#foreign.set(account, atMs);
      const { times } = event;
      this.#board.raise({ alarm: 'foreign_refresher', account }, times, () =>
        ALARM_TEXTS.foreign_refresher({ count: times }),
      );
    }
    for (const [account, lastAtMs] of this.#foreign) {
      if (nowMs - lastAtMs < FOREIGN_ENDS_MS) continue;
      this.#foreign.delete(account);
      this.#board.clear({ alarm: 'foreign_refresher', account });
    }
  }
}

function whyOf({ errcode, advice }: TokenRefreshed): Words | undefined {
  if (errcode === undefined) return undefined;
  const { zh, en } = advice ?? adviceFor(errcode);
  return { zh: `errcode ${errcode}：${zh}`, en: `errcode ${errcode}: ${en}` };
}
