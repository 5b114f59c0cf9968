import type { LateTemplate } from '../protocol/late-template.js';
import { readLateTemplate } from './late-template.js';
import { variables, type Values } from './variables.js';

/** How bodies travel between WeChat and us; set in the console of the account and never guessed from a request. */
export type ConfiguredCipherMode = 'plaintext' | 'compatible' | 'safe';

/** One Official Account that we answer for. */
export interface AccountConfig {
  /** `default`, or the key in the accounts file. */
  readonly name: string;
  /** Path of its callback, without a slash at its end (but `/` alone). */
  readonly path: string;
  readonly appId: string;
  readonly appSecret: string | undefined;
  /** Callback tokens: the current one, then the previous one. */
  readonly tokens: readonly [string, ...string[]];
  /** The current key, then the previous one; empty only in plaintext mode. */
  readonly encodingAesKeys: readonly string[];
  readonly originalId: string | undefined;
  readonly cipherMode: ConfiguredCipherMode;
  /** What a web login asks for, unless it says otherwise. */
  readonly scope: 'snsapi_base' | 'snsapi_userinfo' | undefined;
  /** Where web logins may return to; empty: there are none. */
  readonly returnTo: readonly string[];
  /** Hosts whose pages are signed for the JS-SDK. */
  readonly pageHosts: readonly string[];
  /** Sent in place of a late answer where no message may be sent any more. */
  readonly lateTemplate: LateTemplate | undefined;
}

/** The settings of one account by their names in the accounts file, with the variable that means the same. */
export const accountSettings = {
  appId: 'WECHAT_APP_ID',
  appSecret: 'WECHAT_APP_SECRET',
  token: 'WECHAT_TOKEN',
  encodingAesKey: 'WECHAT_ENCODING_AES_KEY',
  previousToken: 'WECHAT_PREVIOUS_TOKEN',
  previousEncodingAesKey: 'WECHAT_PREVIOUS_ENCODING_AES_KEY',
  originalId: 'WECHAT_ORIGINAL_ID',
  cipherMode: 'WECHAT_CIPHER_MODE',
  oauthReturnHosts: 'OAUTH_RETURN_HOSTS',
  oauthScope: 'OAUTH_SCOPE',
  jsSdkHosts: 'JS_SDK_HOSTS',
  lateTemplate: 'LATE_TEMPLATE',
} as const;

export type Setting = keyof typeof accountSettings;
export const settingNames: readonly Setting[] = Object.keys(accountSettings).filter(isSetting);

export function isSetting(name: string): name is Setting {
  return Object.hasOwn(accountSettings, name);
}

/** What could be read of an account; absent and faulty settings are undefined. */
export type Settings = { readonly [S in Setting]: Values[(typeof accountSettings)[S]] };

/** An account as it was written down, before its settings are held against each other. */
export interface AccountDraft {
  readonly name: string;
  readonly path: string;
  readonly settings: Settings;
  /** Whether something stands there, even if it could not be read: then it is faulty, not missing. */
  readonly isGiven: (setting: Setting) => boolean;
  /** What a message calls a setting. */
  readonly nameOf: (setting: Setting) => string;
}

/** Makes the account, or adds to `faults` what is missing or does not go together. */
export function toAccount(draft: AccountDraft, faults: string[]): AccountConfig | undefined {
  const { settings, isGiven, nameOf } = draft;
  for (const setting of ['appId', 'token'] as const) {
    if (isGiven(setting)) continue;
    const { allowed } = variables[accountSettings[setting]];
    faults.push(`${nameOf(setting)} is missing. Set it to ${allowed}, as in the console of the account.`);
  }
  const hasKey = isGiven('encodingAesKey');
  const cipherMode = settings.cipherMode ?? (hasKey ? 'safe' : 'plaintext');
  if (cipherMode !== 'plaintext' && !hasKey) {
    faults.push(
      `${nameOf('cipherMode')} is "${cipherMode}", and ${nameOf('encodingAesKey')} is missing; ` +
        'allowed without a key: plaintext. Set the key, or use plaintext mode.',
    );
  }
  if (isGiven('previousEncodingAesKey') && !hasKey) {
    faults.push(
      `${nameOf('previousEncodingAesKey')} is set, and ${nameOf('encodingAesKey')} is missing; ` +
        'a previous key is allowed beside a current one. Set the current key too, or remove the previous one.',
    );
  }
  const { appId, token, previousToken, encodingAesKey, previousEncodingAesKey } = settings;
  const lateTemplate =
    settings.lateTemplate === undefined
      ? undefined
      : readLateTemplate(settings.lateTemplate, nameOf('lateTemplate'), faults);
  if (appId === undefined || token === undefined) return undefined;
  return {
    name: draft.name,
    path: draft.path,
    appId,
    appSecret: settings.appSecret,
    tokens: previousToken === undefined || previousToken === token ? [token] : [token, previousToken],
    encodingAesKeys: unique([encodingAesKey, previousEncodingAesKey]),
    originalId: settings.originalId,
    cipherMode,
    scope: settings.oauthScope,
    returnTo: settings.oauthReturnHosts ?? [],
    pageHosts: settings.jsSdkHosts ?? [],
    lateTemplate,
  };
}

const unique = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.filter((text) => text !== undefined)),
];
