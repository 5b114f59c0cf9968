import type { LateTemplate } from '../protocol/late-template.js';
import type { Words } from '../protocol/words.js';
import { readForward, type ForwardConfig } from './forward-config.js';
import { readLateTemplate } from './late-template.js';
import { variables, type Values } from './variables.js';

/** Encryption mode of bodies, as set in WeChat's console; never derived from a request. */
export type ConfiguredCipherMode = 'plaintext' | 'compatible' | 'safe';

/** An Official Account that the server answers for. */
export interface AccountConfig {
  /** `default`, or the key in the accounts file. */
  readonly name: string;
  /** Path of its callback, without a trailing slash (except `/` alone). */
  readonly path: string;
  readonly appId: string;
  readonly appSecret: string | undefined;
  /** Callback tokens: the current one, then the previous one. */
  readonly tokens: readonly [string, ...string[]];
  /** The current key, then the previous one; empty only in plaintext mode. */
  readonly encodingAesKeys: readonly string[];
  readonly originalId: string | undefined;
  readonly cipherMode: ConfiguredCipherMode;
  /** Default scope of a web login. */
  readonly scope: 'snsapi_base' | 'snsapi_userinfo' | undefined;
  /** Addresses to which web logins may return; empty: no web login. */
  readonly returnTo: readonly string[];
  /** Hosts whose pages are signed for the JS-SDK. */
  readonly pageHosts: readonly string[];
  /** Template message that replaces a late answer after the send quota ended. */
  readonly lateTemplate: LateTemplate | undefined;
  /** Backend that answers the pushes that no handler takes. */
  readonly forward: ForwardConfig | undefined;
}

/** The settings of an account by their names in the accounts file, with the equivalent variables. */
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
  forwardUrl: 'FORWARD_URL',
  forwardToken: 'FORWARD_TOKEN',
  forwardAesKey: 'FORWARD_AES_KEY',
  forwardMode: 'FORWARD_MODE',
} as const;

export type Setting = keyof typeof accountSettings;
export const settingNames: readonly Setting[] = Object.keys(accountSettings).filter(isSetting);

export function isSetting(name: string): name is Setting {
  return Object.hasOwn(accountSettings, name);
}

/** The readable settings of an account; absent and faulty ones are undefined. */
export type Settings = { readonly [S in Setting]: Values[(typeof accountSettings)[S]] };

/** The settings of an account before they are checked against each other. */
export interface AccountDraft {
  readonly name: string;
  readonly path: string;
  readonly settings: Settings;
  /** True: the setting has a value, even one that could not be read. That one is faulty, not missing. */
  readonly isGiven: (setting: Setting) => boolean;
  /** The name of a setting in messages. */
  readonly nameOf: (setting: Setting) => string;
}

/** Creates the account, or adds missing and inconsistent settings to `faults`. */
export function toAccount(draft: AccountDraft, faults: Words[]): AccountConfig | undefined {
  const { settings, isGiven, nameOf } = draft;
  for (const setting of ['appId', 'token'] as const) {
    if (isGiven(setting)) continue;
    const { allowed } = variables[accountSettings[setting]];
    faults.push({
      en: `${nameOf(setting)} is missing. Set it to ${allowed.en}, as in the console of the account.`,
      zh: `没有设置 ${nameOf(setting)}。请填${spaced(allowed.zh)}，与公众号后台一致。`,
    });
  }
  const hasKey = isGiven('encodingAesKey');
  const cipherMode = settings.cipherMode ?? (hasKey ? 'safe' : 'plaintext');
  if (cipherMode !== 'plaintext' && !hasKey) {
    faults.push({
      en:
        `${nameOf('cipherMode')} is "${cipherMode}", and ${nameOf('encodingAesKey')} is missing; ` +
        'allowed without a key: plaintext. Set the key, or use plaintext mode.',
      zh:
        `${nameOf('cipherMode')} 的值是 "${cipherMode}"，却没有设置 ${nameOf('encodingAesKey')}；` +
        '没有密钥时只能用 plaintext（明文模式）。请设置密钥，或者改用明文模式。',
    });
  }
  if (isGiven('previousEncodingAesKey') && !hasKey) {
    faults.push({
      en:
        `${nameOf('previousEncodingAesKey')} is set, and ${nameOf('encodingAesKey')} is missing; ` +
        'a previous key is allowed beside a current one. Set the current key too, or remove the previous one.',
      zh:
        `设置了 ${nameOf('previousEncodingAesKey')}，却没有设置 ${nameOf('encodingAesKey')}；` +
        '旧密钥只能和新密钥一起用。请把新密钥也设置上，或者删掉旧密钥。',
    });
  }
  const { appId, token, previousToken, encodingAesKey, previousEncodingAesKey } = settings;
  const lateTemplate =
    settings.lateTemplate === undefined
      ? undefined
      : readLateTemplate(settings.lateTemplate, nameOf('lateTemplate'), faults);
  const forward = readForward(draft, { token: token ?? '', mode: cipherMode }, faults);
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
    forward,
  };
}

/** Adds a blank between Chinese and Latin words. */
const spaced = (words: string): string => (/^[A-Za-z0-9]/.test(words) ? ` ${words}` : words);

const unique = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.filter((text) => text !== undefined)),
];
