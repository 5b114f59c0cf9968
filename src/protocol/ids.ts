declare const brand: unique symbol;
/** A string type that cannot be confused with another string type. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/**
 * The account's public id, `wx…`. Any text is accepted as configured.
 *
 * @example
 * const isOurs = (appId: AppId) => appId === 'wx0123456789abcdef';
 */
export type AppId = Brand<string, 'AppId'>;
/**
 * A user of one account. Opaque and case-sensitive; any text is accepted as pushed.
 *
 * @example
 * const userOf = (push: Push): OpenId => push.user;
 */
export type OpenId = Brand<string, 'OpenId'>;
/**
 * Id of a push, the same for all its attempts: `msg-…` or `evt-…`, letters of `[A-Za-z0-9._-]` only.
 *
 * @example
 * const idOf = (push: Push): PushId => push.id;
 */
export type PushId = Brand<string, 'PushId'>;
/** Credential of API calls. Opaque, up to 512 characters, secret. */
export type AccessToken = Brand<string, 'AccessToken'>;

// Brands exist in types only, so this is the one place that may assert them.
/* oxlint-disable typescript/no-unsafe-type-assertion */
export const toAppId = (text: string): AppId => text as AppId;
export const toOpenId = (text: string): OpenId => text as OpenId;
export const toPushId = (text: string): PushId => text as PushId;
export const toAccessToken = (text: string): AccessToken => text as AccessToken;
