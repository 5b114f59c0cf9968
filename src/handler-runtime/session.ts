import type { Clock } from '../ports/clock.js';
import type { KeyValueStore } from '../ports/key-value-store.js';
import { AppError } from '../protocol/app-error.js';
import type { AppId, OpenId } from '../protocol/ids.js';
import { checkJson } from './check-json.js';

/** TTL of a session after the last write, unless the write sets another one. */
export const SESSION_TTL_MS = 24 * 60 * 60_000;
/** Limit of the JSON text in UTF-8 bytes. */
export const SESSION_LIMIT_BYTES = 64 * 1024;
/** Each failed attempt means that another change succeeded, so up to this many concurrent changes are tolerated. */
const MAX_ATTEMPTS = 64;

/**
 * Options of a write.
 *
 * @example
 * await ctx.session.set({ step: 2 }, { ttlMs: 10 * 60_000 });
 */
export interface SessionWrite {
  /**
   * TTL in ms unless it is written again.
   *
   * @defaultValue 86,400,000 (24 hours)
   */
  readonly ttlMs?: number;
}

/**
 * Approximately JSON; an object is checked when it is written.
 *
 * @example
 * const value: SessionValue = { turns: ['你好'] };
 */
export type SessionValue = object | string | number | boolean | null;

/**
 * Data about a user: one JSON value, read and written as a whole, shared by all processes.
 *
 * @example
 * const count = (session: Session) => session.update<number>((before = 0) => before + 1);
 */
export interface Session {
  /** Returns the value; `undefined`: absent or expired. Its type T is not checked. */
  get<T>(): Promise<T | undefined>;
  /**
   * Replaces the value.
   *
   * @throws SessionNotJson, SessionTooLarge, StoreUnavailable
   */
  set(value: SessionValue, write?: SessionWrite): Promise<void>;
  /**
   * Changes the value atomically: after a concurrent change, `change` is called again with the new value, so it must
   * have no side effects. If it returns `undefined`, the value is removed.
   *
   * Resolves to the new value.
   *
   * @throws SessionContended, SessionNotJson, SessionTooLarge, StoreUnavailable, and whatever `change` throws
   */
  update<T>(change: (value: T | undefined) => T | undefined, write?: SessionWrite): Promise<T | undefined>;
  /** Removes the value. */
  clear(): Promise<void>;
}

/**
 * The session of a user, and any number of named ones.
 *
 * @example
 * const cart = (session: SessionStore) => session.named('cart').get<string[]>();
 */
export interface SessionStore extends Session {
  /** Returns another session of the same user, such as `cart`, with its own TTL. */
  named(name: string): Session;
}

/**
 * The value would not survive storage as JSON.
 *
 * @example
 * if (error instanceof SessionNotJson) log.error({ err: error }, 'store plain values');
 */
export class SessionNotJson extends AppError {
  readonly code = 'session_not_json';
}

/**
 * The value is too long to be read with every push.
 *
 * @example
 * if (error instanceof SessionTooLarge) await ctx.session.clear();
 */
export class SessionTooLarge extends AppError {
  readonly code = 'session_too_large';
}

/**
 * Every attempt to store the change met a concurrent change. Nothing was stored.
 *
 * @example
 * if (error instanceof SessionContended) log.warn({}, 'too many at once');
 */
export class SessionContended extends AppError {
  readonly code = 'session_contended';
  override get retryable(): boolean {
    return true;
  }
}

/** The part of the store that sessions need. */
export type SessionValues = KeyValueStore;

interface SessionDeps {
  readonly store: SessionValues;
  readonly clock: Pick<Clock, 'now'>;
}

/** Creates the sessions of a user of an account. */
export function createSession(deps: SessionDeps, appId: AppId, user: OpenId): SessionStore {
  // Encoded, so that a colon in an OpenID or a name cannot merge two sessions. Usual values are unchanged.
  const keyOf = (name: string) => `${appId}:session:${encodeURIComponent(user)}:${encodeURIComponent(name)}`;
  return Object.assign(new StoredSession(deps, keyOf('default')), {
    named: (name: string): Session => new StoredSession(deps, keyOf(name)),
  });
}

class StoredSession implements Session {
  readonly #store: SessionValues;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #key: string;

  constructor({ store, clock }: SessionDeps, key: string) {
    this.#store = store;
    this.#clock = clock;
    this.#key = key;
  }

  async get<T>(): Promise<T | undefined> {
    return parse<T>(await this.#read());
  }

  async set(value: SessionValue, write: SessionWrite = {}): Promise<void> {
    const next = toText(value);
    await this.#swap(() => next, write);
  }

  async update<T>(
    change: (value: T | undefined) => T | undefined,
    write: SessionWrite = {},
  ): Promise<T | undefined> {
    const stored = await this.#swap((before) => {
      const value = change(parse<T>(before));
      return value === undefined ? undefined : toText(value);
    }, write);
    return parse<T>(stored);
  }

  async clear(): Promise<void> {
    await this.#swap(() => undefined, {});
  }

  #read(): Promise<string | undefined> {
    return this.#store.get(this.#key, this.#clock.now());
  }

  /** Compares and swaps until there is no concurrent change. */
  async #swap(
    change: (before: string | undefined) => string | undefined,
    { ttlMs = SESSION_TTL_MS }: SessionWrite,
  ): Promise<string | undefined> {
    for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
      const expected = await this.#read();
      const next = change(expected);
      if (next === undefined && expected === undefined) return undefined;
      const asked = { name: this.#key, expected, next, nowMs: this.#clock.now(), ttlMs };
      if (await this.#store.compareAndSet(asked)) return next;
    }
    throw new SessionContended(
      `ctx.session was changed by others ${MAX_ATTEMPTS} times in a row while it was being changed: write less often, or split it by ctx.session.named(…)`,
    );
  }
}

/** Parses a new copy each time, so that changes to it have no effect until they are written. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as `get`
function parse<T>(text: string | undefined): T | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller names the type of what it stored
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

function toText(value: unknown): string {
  checkJson(
    value,
    'value',
    (path, what) =>
      new SessionNotJson(
        `ctx.session keeps JSON, and ${path} is ${what}: leave it out or turn it into text; ctx.session.clear() forgets everything`,
      ),
  );
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= SESSION_LIMIT_BYTES) return text;
  throw new SessionTooLarge(
    `ctx.session keeps ${SESSION_LIMIT_BYTES} bytes of JSON, and this value has ${bytes}: keep less, such as the last few turns of a conversation`,
  );
}
