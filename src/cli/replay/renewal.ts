import { noFields } from '../../protocol/fields.js';
import type { Push } from '../../protocol/push/push.js';
import { renderLike } from '../../recording/render-fields.js';

/** The field that marks a replayed push: `<run>-<number of the push in it>`. */
export const REPLAY_FIELD = 'Replay';

/** Ids of messages have 64 bits: 13 digits of milliseconds, and this many for the pushes of a run. */
const PUSHES_PER_RUN = 1_000_000n;
/** Number of remembered pushes. Attempts of a push arrive within seconds, so older ones are over. */
const REMEMBERED = 50_000;

interface Identity {
  readonly number: number;
  readonly createTimeS: number;
}

/**
 * Gives pushes new ids, so that the server does not confuse them with pushes of this run, of an earlier one, or of the
 * recording. Attempts of one push become attempts of one new push.
 */
export class Renewal {
  readonly #startMs: number;
  readonly #account: string | undefined;
  readonly #known = new Map<string, Identity>();
  #pushes = 0;

  /** `account`: the original id that the server expects; default: as recorded. */
  constructor(startMs: number, account: string | undefined) {
    this.#startMs = startMs;
    this.#account = account;
  }

  /** Returns the body to send. `id`: the recorded one; `nowS`: CreateTime of a push that is sent for the first time. */
  renew(id: string, push: Push, nowS: number): string {
    const { number, createTimeS } = this.#identityOf(id, nowS);
    const isMessage = push.msgType !== '' && push.msgType.toLowerCase() !== 'event';
    const messageId = String(BigInt(this.#startMs) * PUSHES_PER_RUN + BigInt(number));
    const fields = Object.assign(noFields(), push.fields);
    if ('CreateTime' in fields) fields['CreateTime'] = String(createTimeS);
    if (this.#account !== undefined && 'ToUserName' in fields) fields['ToUserName'] = this.#account;
    for (const name of ['MsgId', 'MsgID'])
      if (isMessage && typeof fields[name] === 'string' && fields[name] !== '') fields[name] = messageId;
    fields[REPLAY_FIELD] = `${this.#startMs}-${number}`;
    return renderLike(push.raw, fields);
  }

  #identityOf(id: string, nowS: number): Identity {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    this.#pushes += 1;
    const identity = { number: this.#pushes, createTimeS: nowS };
    this.#known.set(id, identity);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return identity;
  }
}
