import type { Clock } from '../../ports/clock.js';
import type { ApiCalled, ServerEvent } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';
import type { EventListener } from '../event-bus.js';
import { MAX_TROUBLES, type NewTrouble, type TroubleStore } from './trouble-store.js';

/** Retry delay while the store is unavailable. */
const RETRY_MS = 5_000;
/** Limit of refused calls that are remembered, so that a dead letter names its own. */
const MAX_REFUSED_CALLS = 200;
/** Limit of recorded troubles of one kind within a minute; further ones only count in the metrics. */
const MAX_OF_A_KIND_PER_MINUTE = 10;

export interface TroubleLogDeps {
  readonly store: TroubleStore;
  readonly accounts: () => readonly {
    readonly name: string;
    readonly appId: string;
    readonly originalId?: string | undefined;
  }[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Records troubles for problem reports, in the background and with bounded memory. */
export class TroubleLog {
  readonly #deps: TroubleLogDeps;
  #waiting: NewTrouble[] = [];
  #writing: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  readonly #recent = new Map<string, number>();
  /** By rid. */
  readonly #refusedCalls = new Map<string, RefusedCall>();
  #minute = 0;

  constructor(deps: TroubleLogDeps) {
    this.#deps = deps;
  }

  readonly listener: EventListener = (event) => {
    if (event.type === 'api.called') this.#remember(event);
    const about = describe(event, (rid) => this.#refusedCalls.get(rid));
    if (
      about === undefined ||
      this.#isTooMany(`${about.sort} ${about.account} ${about.what} ${about.errcode}`)
    )
      return;
    const account = this.#deps.accounts().find(({ name }) => name === about.account);
    this.#waiting.push({
      ...about,
      atMs: this.#deps.clock.now(),
      appId: account?.appId ?? '',
      ...(account?.originalId !== undefined && { originalId: account.originalId }),
    });
    if (this.#waiting.length > MAX_TROUBLES) this.#waiting.shift();
    this.#begin();
  };

  /** Resolves once the troubles so far are written, or the write failed. */
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
      this.#deps.log.debug(
        { err: error },
        'store unavailable: the trouble log is kept later, retry scheduled',
      );
      this.#cancelRetry = this.#deps.clock.schedule(RETRY_MS, () => this.#begin(), { background: true });
    }
  }

  #remember({ rid, method, api, errmsg, accessPoint }: ApiCalled): void {
    if (rid === undefined) return;
    if (this.#refusedCalls.size >= MAX_REFUSED_CALLS) this.#refusedCalls.clear();
    this.#refusedCalls.set(rid, { method, api, errmsg, accessPoint });
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

interface RefusedCall {
  readonly method: string | undefined;
  readonly api: string;
  readonly errmsg: string | undefined;
  readonly accessPoint: string | undefined;
}

type Described = Omit<NewTrouble, 'atMs' | 'appId' | 'originalId'>;

function describe(
  event: ServerEvent,
  callOf: (rid: string) => RefusedCall | undefined,
): Described | undefined {
  switch (event.type) {
    case 'api.called': {
      if (event.result === 'ok') return undefined;
      const { account, method, api, errcode, errmsg, rid, accessPoint, user } = event;
      return pick({ sort: 'api', account, what: api, method, errcode, errmsg, rid, accessPoint, user });
    }
    case 'request.refused':
      if (event.probe !== undefined) return undefined;
      return pick({ sort: 'refusal', account: event.account, what: event.reason, detail: event.detail });
    case 'dead-letter.stored': {
      const { account, reason, detail, errcode, rid, user, pushId, kind, handler } = event;
      return pick({
        sort: 'dead-letter',
        account,
        what: reason,
        detail,
        errcode,
        rid,
        ...(rid !== undefined && callOf(rid)),
        user,
        pushId,
        kind,
        handler,
      });
    }
    case 'backend.failed': {
      const { account, fault, detail, pushId, user, kind } = event;
      return pick({ sort: 'backend', account, what: fault, detail, pushId, user, kind });
    }
    case 'alarm.raised':
      return pick({ sort: 'alarm', account: event.account, what: event.alarm });
    default:
      return undefined;
  }
}

/** Omits `undefined` fields. */
function pick(
  fields: { readonly [Name in keyof Described]?: Described[Name] | undefined } & Pick<
    Described,
    'sort' | 'account' | 'what'
  >,
): Described {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is required is given above
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as unknown as Described;
}
