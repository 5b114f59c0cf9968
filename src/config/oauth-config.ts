import type { Words } from '../protocol/words.js';
import type { Values } from './variables.js';

/** Web authorization (网页授权) of one account. */
export interface OAuthConfig {
  /** The account's name. */
  readonly account: string;
  /** Path on the public listener. */
  readonly path: string;
  /** Its URL in browsers. */
  readonly url: string;
  readonly authorizePage: string;
  readonly scope: 'snsapi_base' | 'snsapi_userinfo';
  readonly returnTo: readonly [string, ...string[]];
  readonly allowSnapshotUsers: boolean;
  readonly sessionKey: string;
  readonly sessionLifetimeMs: number;
  /** Prefix of the cookie names. */
  readonly cookieName: string;
}

/** Page signatures of one account. */
export interface PageSignatureConfig {
  readonly account: string;
  readonly path: string;
  readonly hosts: readonly string[];
}

/** The OAuth settings of one account. */
export interface OAuthAccount {
  readonly name: string;
  readonly path: string;
  readonly appSecret: string | undefined;
  readonly scope: 'snsapi_base' | 'snsapi_userinfo' | undefined;
  readonly returnTo: readonly string[];
  readonly pageHosts: readonly string[];
}

export interface OAuthAndPageConfig {
  readonly oauth: readonly OAuthConfig[];
  readonly pageSignatures: readonly PageSignatureConfig[];
}

/** Checks the settings for web pages against each other and against the accounts. */
export function readOAuthConfig(
  values: Values,
  accounts: readonly OAuthAccount[],
  surroundings: {
    /** True if the variable has a value, even an invalid one, which is faulty, not missing. */
    readonly isGiven: (name: string) => boolean;
    readonly faults: Words[];
    readonly warnings: Words[];
  },
): OAuthAndPageConfig {
  const { isGiven, faults, warnings } = surroundings;
  const areSeveral = isGiven('WECHAT_ACCOUNTS_FILE');
  const placeOf = (path: string, account: string) => (areSeveral ? `${path}/${account}` : path);
  const soFar = faults.length;
  const demand = (name: string, because: string): void => {
    // A fault of the accounts file was reported already, and may cause this one.
    if (isGiven(name) || (areSeveral && soFar > 0)) return;
    faults.push({
      en: `${name} is missing, and ${because} needs it. Set it, or unset ${because}.`,
      zh: `没有设置 ${name}，而 ${because} 需要它。请设置 ${name}，或者删掉 ${because}。`,
    });
  };
  const oauth = readWebAuthorization(values, accounts, { placeOf, require: demand, faults, warnings });
  const pageSignatures = readPageSignatures(values, accounts, { placeOf, require: demand, faults, warnings });

  const taken = new Map(accounts.map(({ path }) => [path, 'CALLBACK_PATH']));
  for (const [name, path] of [
    ...oauth.map(({ path: place }) => ['OAUTH_PATH', place] as const),
    ...pageSignatures.map(({ path: place }) => ['JS_SDK_PATH', place] as const),
  ]) {
    const other = taken.get(path);
    if (other === undefined) taken.set(path, name);
    else
      faults.push({
        en: `${name} leads to ${path}, and so does ${other}. Give them different paths.`,
        zh: `${name} 和 ${other} 的路径都是 ${path}。请设成不同的路径。`,
      });
  }
  return { oauth, pageSignatures };
}

interface Surroundings {
  readonly placeOf: (path: string, account: string) => string;
  /** Adds a fault if a variable is missing. */
  readonly require: (name: string, because: string) => void;
  readonly faults: Words[];
  readonly warnings: Words[];
}

function readWebAuthorization(
  values: Values,
  accounts: readonly OAuthAccount[],
  { placeOf, require, faults, warnings }: Surroundings,
): readonly OAuthConfig[] {
  const { PUBLIC_URL: site, OAUTH_PATH: path, OAUTH_SESSION_KEY: sessionKey } = values;
  const wanting = accounts.filter(({ returnTo }) => returnTo.length > 0);
  if (path === undefined) {
    if (wanting.length > 0) warnings.push(uselessWithout('OAUTH_RETURN_HOSTS', 'OAUTH_PATH'));
    return [];
  }
  require('PUBLIC_URL', 'OAUTH_PATH');
  require('OAUTH_SESSION_KEY', 'OAUTH_PATH');
  if (wanting.length === 0) require('OAUTH_RETURN_HOSTS', 'OAUTH_PATH');
  for (const { name } of wanting.filter(({ appSecret }) => appSecret === undefined)) {
    faults.push({
      en: `Account ${name} has no AppSecret, and web authorization needs it. Set it.`,
      zh: `账号 ${name} 没有 AppSecret，而网页授权需要它。请设置 AppSecret。`,
    });
  }
  if (site === undefined || sessionKey === undefined) return [];
  if (!/^https:|^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(site)) {
    warnings.push({
      en: 'PUBLIC_URL is not https: anyone listening on the network can take over sessions.',
      zh: 'PUBLIC_URL 不是 https：会话可能在途中被人截获。',
    });
  }
  return wanting.flatMap(({ name, scope = 'snsapi_base', returnTo: [first, ...others] }) => {
    if (first === undefined) return [];
    const place = placeOf(path, name);
    return {
      account: name,
      path: place,
      url: site + place,
      authorizePage: values.OAUTH_AUTHORIZE_URL,
      scope,
      returnTo: [first, ...others] as const,
      allowSnapshotUsers: values.OAUTH_SNAPSHOT_USERS,
      sessionKey,
      sessionLifetimeMs: values.OAUTH_SESSION_S * 1_000,
      cookieName: placeOf('wechat', name).replace('/', '-'),
    };
  });
}

function readPageSignatures(
  values: Values,
  accounts: readonly OAuthAccount[],
  { placeOf, require, faults, warnings }: Surroundings,
): readonly PageSignatureConfig[] {
  const { JS_SDK_PATH: path, TOKEN_SERVER_URL: tokenServer } = values;
  const wanting = accounts.filter(({ pageHosts }) => pageHosts.length > 0);
  if (path === undefined) {
    if (wanting.length > 0) warnings.push(uselessWithout('JS_SDK_HOSTS', 'JS_SDK_PATH'));
    return [];
  }
  if (wanting.length === 0) require('JS_SDK_HOSTS', 'JS_SDK_PATH');
  for (const { name } of wanting.filter(
    ({ appSecret }) => appSecret === undefined && tokenServer === undefined,
  )) {
    faults.push({
      en: `Account ${name} has no AppSecret, and page signatures need it. Set it.`,
      zh: `账号 ${name} 没有 AppSecret，而页面签名需要它。请设置 AppSecret。`,
    });
  }
  return wanting.map(({ name, pageHosts }) => ({
    account: name,
    path: placeOf(path, name),
    hosts: pageHosts,
  }));
}

const uselessWithout = (name: string, other: string): Words => ({
  en: `${name} does nothing: ${other} is not set.`,
  zh: `${name} 不起作用：没有设置 ${other}。`,
});
