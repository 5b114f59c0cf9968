import type { Clock } from '../ports/clock.js';
import type { StateStore } from '../ports/state-store.js';
import { AppError } from '../protocol/app-error.js';
import type { AppId, OpenId } from '../protocol/ids.js';
import { checkJson } from './check-json.js';

/** How long a session lives after it was last written, unless the write says otherwise. */
export const SESSION_TTL_MS = 24 * 60 * 60_000;
/** UTF-8 bytes of the JSON text. */
export const SESSION_LIMIT_BYTES = 64 * 1024;
/** Each lost try means that somebody else's change was taken, so so many at once can be waited out. */
const MAX_ATTEMPTS = 64;

export interface SessionWrite {
  /** How long it is kept if nobody writes it again. Default 24 hours. */
  readonly ttlMs?: number;
}

/** Roughly JSON; what of an object is none is found when it is written. */
export type SessionValue = object | string | number | boolean | null;

/** What is remembered of one user: one JSON value, read and written whole, shared by all processes. */
export interface Session {
  /** The value; undefined: none, or its time is over. It is taken for a T as it comes: nothing checks that. */
  get<T>(): Promise<T | undefined>;
  /**
   * Puts a value in its place, whatever was there.
   *
   * @throws SessionNotJson, SessionTooLarge, StoreUnavailable
   */
  set(value: SessionValue, write?: SessionWrite): Promise<void>;
  /**
   * Changes the value, safe against others who change it at the same time: then `change` is asked again, with what is
   * there now. So it should do nothing but compute. Returning undefined removes the value.
   *
   * Resolves to the new value.
   *
   * @throws SessionContended, SessionNotJson, SessionTooLarge, StoreUnavailable, and whatever `change` throws
   */
  update<T>(change: (value: T | undefined) => T | undefined, write?: SessionWrite): Promise<T | undefined>;
  /** Forgets the value. */
  clear(): Promise<void>;
}

/** The session of a user, and any number of others beside it. */
export interface SessionStore extends Session {
  /** Another one of the same user, such as `cart`, with a lifetime of its own. */
  named(name: string): Session;
}

/** A value that would not come back equal from storage. */
export class SessionNotJson extends AppError {
  readonly code = 'session_not_json';
}

/** A value that is too long to be read with every push. */
export class SessionTooLarge extends AppError {
  readonly code = 'session_too_large';
}

/** Others changed the session each time that this change was about to be stored. Nothing was changed by it. */
export class SessionContended extends AppError {
  readonly code = 'session_contended';
  override get retryable(): boolean {
    return true;
  }
}

/** Of the store no more than facts are needed. */
export type SessionValues = Pick<StateStore, 'get' | 'compareAndSet'>;

interface SessionDeps {
  readonly store: SessionValues;
  readonly clock: Pick<Clock, 'now'>;
}

/** The sessions of one user of one account. */
export function createSession(deps: SessionDeps, appId: AppId, user: OpenId): SessionStore {
  // Encoded, so that no colon in an OpenID or a name makes two sessions one. Both are their own code as a rule.
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

  /** Compare and swap, until nobody came in between. */
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

/** A copy of its own each time: who changes it has changed nothing until it is written. */
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
