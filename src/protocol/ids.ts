declare const brand: unique symbol;
/** A string that cannot be swapped for another string of the same shape. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** The account's public id, `wx…`. Any text is accepted as configured. */
export type AppId = Brand<string, 'AppId'>;
/** A user in one account. Opaque and case-sensitive; any text is accepted as pushed. */
export type OpenId = Brand<string, 'OpenId'>;
/** One push, however many tries WeChat makes: `msg-…` or `evt-…`, letters of `[A-Za-z0-9._-]` only. */
export type PushId = Brand<string, 'PushId'>;
/** Credential of API calls. Opaque, up to 512 characters, secret. */
export type AccessToken = Brand<string, 'AccessToken'>;

// Brands exist in types only, so this is the one place that may assert them.
/* oxlint-disable typescript/no-unsafe-type-assertion */
export const toAppId = (text: string): AppId => text as AppId;
export const toOpenId = (text: string): OpenId => text as OpenId;
export const toPushId = (text: string): PushId => text as PushId;
export const toAccessToken = (text: string): AccessToken => text as AccessToken;
