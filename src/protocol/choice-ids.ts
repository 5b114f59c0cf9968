import { createHmac, hkdfSync, scryptSync } from 'node:crypto';
import type { AppId } from './ids.js';
import { signatureMatches } from './signature.js';

/** What an id of a tap proves: that `handler` offered `id` to `user`. */
export interface OfferedChoice {
  readonly handler: string;
  readonly user: string;
  /** The handler's own id. */
  readonly id: string;
}

/** What a tapped id says about one handler and user. */
export type TappedChoice = { readonly id: string; readonly isExpired: boolean };

/**
 * Makes and checks the ids of taps. An id carries all that its tap needs, so any process that has the account's secrets
 * reads it, after any restart.
 */
export interface ChoiceIds {
  /** Returns characters of `[A-Za-z0-9._-]`: in a link nothing is escaped, and no client changes them. */
  sign(choice: OfferedChoice, expiresAtMs: number): string;
  /** Reads an id that came back at `atMs`. `undefined`: it was not made by `sign` for this handler and user. */
  read(tapped: string, to: Omit<OfferedChoice, 'id'>, atMs: number): TappedChoice | undefined;
}

/** Secrets of an account that a key can be derived from. The first of each list is the current one. */
export interface ChoiceSecrets {
  readonly encodingAesKeys: readonly string[];
  readonly appSecret: string | undefined;
  readonly tokens: readonly string[];
}

/** Tag of 96 bits, hours since 1970 in base 36, the handler's id. */
const TAPPED = /^([\w-]{16})([\da-z]{4})\.([\w.-]+)$/;
const TAG_LENGTH = 16;
const HOUR_MS = 3_600_000;

/** True if an id has the form of ours. Others are those of menu messages that a handler sent by the API. */
export const isChoiceShaped = (tapped: string | undefined): tapped is string =>
  tapped !== undefined && TAPPED.test(tapped);

/** @param secrets  read at each use, since they may change */
export function createChoiceIds(appId: AppId, secrets: () => ChoiceSecrets): ChoiceIds {
  const derived = new Map<string, Buffer>();
  const keys = (): Buffer[] =>
    sourcesOf(secrets()).map(({ secret, isLong }) => {
      const known = derived.get(secret) ?? keyOf(secret, isLong);
      derived.set(secret, known);
      return known;
    });
  const tagOf = (key: Buffer, { handler, user, id }: OfferedChoice, hours: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([appId, user, handler, hours, id]))
      .digest('base64url')
      .slice(0, TAG_LENGTH);
  return {
    sign(choice, expiresAtMs) {
      const hours = Math.ceil(expiresAtMs / HOUR_MS)
        .toString(36)
        .padStart(4, '0');
      const [key = keyOf('', true)] = keys();
      return `${tagOf(key, choice, hours)}${hours}.${choice.id}`;
    },
    read(tapped, to, atMs) {
      const [, tag = '', hours = '', id = ''] = TAPPED.exec(tapped) ?? [];
      if (!keys().some((key) => signatureMatches(tagOf(key, { ...to, id }, hours), tag))) return undefined;
      return { id, isExpired: atMs > Number.parseInt(hours, 36) * HOUR_MS };
    },
  };
}

/** The strongest secret that there is, and the one that it replaced. */
function sourcesOf({ encodingAesKeys, appSecret, tokens }: ChoiceSecrets) {
  if (encodingAesKeys.length > 0) return encodingAesKeys.map((secret) => ({ secret, isLong: true }));
  if (appSecret !== undefined) return [{ secret: appSecret, isLong: true }];
  return tokens.map((secret) => ({ secret, isLong: false }));
}

/**
 * Derives the key. A callback token may be a word, and users see the tags: so each guess of a token costs as much as this
 * derivation, which takes some 50 ms, once for each token and process.
 */
const keyOf = (secret: string, isLong: boolean): Buffer =>
  isLong ? Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32)) : scryptSync(secret, PURPOSE, 32);
const PURPOSE = 'ids of choices';
