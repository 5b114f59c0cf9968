import type { Clock } from '../../ports/clock.js';
import type { ServerEvent } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';
import type { EventListener } from '../event-bus.js';
import { MAX_TROUBLES, type NewTrouble, type TroubleStore } from './trouble-store.js';

/** While the store is away, what happened is written again after this. */
const RETRY_MS = 5_000;
/** Troubles of one kind that are noted within a minute; the rest of them are counted in the metrics only. */
const MAX_OF_A_KIND_PER_MINUTE = 10;

export interface TroubleLogDeps {
  readonly store: TroubleStore;
  readonly accounts: readonly {
    readonly name: string;
    readonly appId: string;
    readonly originalId?: string | undefined;
  }[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Notes what went wrong, so that a problem report can be made of it. Waits for nothing, and bounds what it keeps. */
export class TroubleLog {
  readonly #deps: TroubleLogDeps;
  #waiting: NewTrouble[] = [];
  #writing: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  readonly #recent = new Map<string, number>();
  #minute = 0;

  constructor(deps: TroubleLogDeps) {
    this.#deps = deps;
  }

  readonly listener: EventListener = (event) => {
    const about = describe(event);
    if (
      about === undefined ||
      this.#isTooMany(`${about.sort} ${about.account} ${about.what} ${about.errcode}`)
    )
      return;
    const account = this.#deps.accounts.find(({ name }) => name === about.account);
    this.#waiting.push({
      ...about,
      atMs: this.#deps.clock.now(),
      appId: account?.appId ?? '',
      ...(account?.originalId !== undefined && { originalId: account.originalId }),
    });
    if (this.#waiting.length > MAX_TROUBLES) this.#waiting.shift();
    this.#begin();
  };

  /** Resolves once what happened so far is written, or cannot be written now. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  stop(): void {
    this.#cancelRetry?.();
  }

  #begin(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await this.#deps.store.add(next);
        this.#waiting.shift();
      }
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'trouble log: the store is away, retry scheduled');
      this.#cancelRetry = this.#deps.clock.schedule(RETRY_MS, () => this.#begin(), { background: true });
    }
  }

  #isTooMany(kind: string): boolean {
    const minute = Math.floor(this.#deps.clock.now() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#recent.clear();
    }
    const count = (this.#recent.get(kind) ?? 0) + 1;
    this.#recent.set(kind, count);
    return count > MAX_OF_A_KIND_PER_MINUTE;
  }
}

type Described = Omit<NewTrouble, 'atMs' | 'appId' | 'originalId'>;

function describe(event: ServerEvent): Described | undefined {
  switch (event.type) {
    case 'api.called': {
      if (event.result === 'ok') return undefined;
      const { account, api, errcode, errmsg, rid, accessPoint, user } = event;
      return pick({ sort: 'api', account, what: api, errcode, errmsg, rid, accessPoint, user });
    }
    case 'request.refused':
      return pick({ sort: 'refusal', account: event.account, what: event.reason });
    case 'dead-letter.stored': {
      const { account, reason, detail, errcode, rid, user, pushId, kind, handler } = event;
      return pick({
        sort: 'dead-letter',
        account,
        what: reason,
        detail,
        errcode,
        rid,
        user,
        pushId,
        kind,
        handler,
      });
    }
    case 'alarm.raised':
      return pick({ sort: 'alarm', account: event.account, what: event.alarm });
    default:
      return undefined;
  }
}

/** Leaves out what is undefined. */
function pick(fields: { readonly [Name in keyof Described]: Described[Name] | undefined }): Described {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is required is given above
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as unknown as Described;
}
