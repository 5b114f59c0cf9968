import { isIPv4 } from 'node:net';
import {
  accountSettings,
  settingNames,
  toAccount,
  type AccountConfig,
  type AccountDraft,
  type Settings,
} from './account.js';
import { readAccountsFile } from './accounts-file.js';
import { ConfigInvalid } from './config-invalid.js';
import { isAccountConfigured, withDevelopmentDefaults } from './development-account.js';
import { loadDotEnv, withDotEnv } from './dot-env.js';
import { findUnknownVariables } from './unknown-variables.js';
import type { TrustedProxies } from './network-variables.js';
import { readTextFile } from './text-file.js';
import type { Words } from '../protocol/words.js';
import { readValues, type ReadFile } from './variable-source.js';
import type { Values } from './variables.js';
import { readOperationsConfig, type OperationsConfig } from './operations-config.js';
import { readRecordingConfig, type RecordingConfig } from './recording-config.js';
import { passwordsOf, readRedisConfig, secretsOfRedis, type RedisAddress } from './redis-config.js';
import { showText } from './show-value.js';
import { readOAuthConfig, type OAuthAndPageConfig } from './oauth-config.js';

export type { AccountConfig, ConfiguredCipherMode } from './account.js';
export { ConfigInvalid } from './config-invalid.js';
export { loadDotEnv, withDotEnv } from './dot-env.js';

/** All settings of the server, checked and frozen. */
export interface Config extends OAuthAndPageConfig, OperationsConfig, RecordingConfig {
  readonly public: { readonly host: string; readonly port: number };
  /** Public address of the listener, without a trailing slash. */
  readonly publicUrl: string | undefined;
  /** Undefined: other programs' calls are not passed on. */
  readonly gateway: { readonly allow: readonly string[] } | undefined;
  readonly admin: { readonly host: string; readonly port: number; readonly key: string | undefined };
  readonly accounts: readonly AccountConfig[];
  /** The file that they are from. `undefined`: there is one account, of the environment. */
  readonly accountsFile: string | undefined;
  /** Seconds; 0 = off. */
  readonly maxPushAgeS: number;
  readonly replyDeadlineMs: number;
  /** `undefined`: the embedded store. */
  readonly redis: RedisAddress | undefined;
  readonly dataDir: string;
  /** Directory of the handlers. Default: `handlers` beside the server. */
  readonly handlersDir: string;
  readonly reloadHandlers: boolean;
  /** Without trailing slashes; the preferred one first; never empty. */
  readonly apiBaseUrls: readonly string[];
  readonly tokenChannel: 'stable' | 'ordinary';
  /** Another instance that provides tokens and tickets; then none is fetched here. */
  readonly tokenServer: { readonly url: string; readonly key: string | undefined } | undefined;
  readonly onAmbiguousSend: 'drop' | 'resend';
  readonly lateReply: 'auto' | 'customer-service' | 'passive-only';
  readonly lateNotice: string;
  readonly heldTriesPer5Min: number;
  readonly whilePending: 'answer' | 'notice';
  readonly lanePatienceS: number;
  /** Of every FORWARD_URL. `otherwise`: the handler that answers while the backend is down. */
  readonly forward: {
    readonly timeoutMs: number;
    /** Minutes, or until the user's send window ends. */
    readonly retry: 'window' | number;
    readonly otherwise: string | undefined;
  };
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Logs the messages of errors that handlers throw. */
  readonly logThrownMessages: boolean;
  readonly workerConcurrency: number;
  readonly maxConnections: number;
  /** `undefined`: X-Forwarded-For is ignored. */
  readonly trustProxy: TrustedProxies | undefined;
  readonly drainMs: number;
  /** `undefined`: calls go out directly. */
  readonly proxy: { readonly url: string; readonly bypass: readonly string[] } | undefined;
  /** Warnings about settings that do not prevent the start; to be logged. */
  readonly warnings: readonly Words[];
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws ConfigInvalid  with every fault at once
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, readFile: ReadFile = readTextFile): Config {
  const faults: Words[] = [];
  const values = readValues(env, readFile, faults);
  const isGiven = (name: string) => isSet(env[name]) || isSet(env[`${name}_FILE`]);
  const accounts = readAccounts(values, isGiven, readFile, faults);
  const warnings: Words[] = [];
  const web = readOAuthConfig(values, accounts, { isGiven, faults, warnings });
  const redis = readRedisConfig(values, isGiven, faults);
  const misspelt = findUnknownVariables(env);
  faults.push(...misspelt.faults);
  if (!isLoopback(values.ADMIN_HOST) && !isGiven('ADMIN_KEY')) {
    faults.push({
      en:
        `ADMIN_HOST is ${showText(values.ADMIN_HOST)}, which others can reach, and ADMIN_KEY is missing. ` +
        'Set ADMIN_KEY to a long random text, or ADMIN_HOST to 127.0.0.1.',
      zh:
        `ADMIN_HOST 的值是 ${showText(values.ADMIN_HOST)}，其他机器可以访问，却没有设置 ADMIN_KEY。` +
        '请把 ADMIN_KEY 设为一段足够长的随机文本，或者把 ADMIN_HOST 设为 127.0.0.1。',
    });
  }
  faults.push(...keyFaults(values));
  if (isThisProcess(values.TOKEN_SERVER_URL, values.ADMIN_PORT)) {
    const url = showText(values.TOKEN_SERVER_URL ?? '');
    faults.push({
      en: `TOKEN_SERVER_URL is ${url}, which is this server's own admin listener. Set it to that of another instance, or remove it.`,
      zh: `TOKEN_SERVER_URL 的值是 ${url}，这是本服务自己的管理端口。请填另一个实例的管理端口，或者删掉这个变量。`,
    });
  }
  if (faults.length > 0) throw new ConfigInvalid(faults);

  return freeze({
    public: { host: values.HOST, port: values.PORT },
    publicUrl: values.PUBLIC_URL,
    gateway: values.API_GATEWAY ? { allow: values.API_GATEWAY_ALLOW } : undefined,
    admin: { host: values.ADMIN_HOST, port: values.ADMIN_PORT, key: values.ADMIN_KEY },
    accounts,
    accountsFile: values.WECHAT_ACCOUNTS_FILE,
    maxPushAgeS: values.MAX_PUSH_AGE_S,
    replyDeadlineMs: values.REPLY_DEADLINE_MS,
    redis,
    dataDir: values.DATA_DIR,
    handlersDir: values.HANDLERS_DIR,
    reloadHandlers: values.RELOAD_HANDLERS,
    apiBaseUrls: values.WECHAT_API_BASE_URLS,
    tokenChannel: values.TOKEN_CHANNEL,
    tokenServer: toTokenServer(values),
    onAmbiguousSend: values.ON_AMBIGUOUS_SEND,
    lateReply: values.LATE_REPLY,
    lateNotice: values.LATE_NOTICE,
    heldTriesPer5Min: values.HELD_TRIES_PER_5_MIN,
    whilePending: values.WHILE_PENDING,
    lanePatienceS: values.LANE_PATIENCE_S,
    forward: {
      timeoutMs: values.FORWARD_TIMEOUT_S * 1_000,
      retry: values.FORWARD_RETRY,
      otherwise: values.FORWARD_OTHERWISE,
    },
    logLevel: values.LOG_LEVEL,
    logThrownMessages: values.LOG_THROWN_MESSAGES,
    workerConcurrency: values.WORKER_CONCURRENCY,
    maxConnections: values.MAX_CONNECTIONS,
    trustProxy: values.TRUST_PROXY,
    drainMs: values.DRAIN_S * 1_000,
    proxy:
      values.HTTPS_PROXY === undefined
        ? undefined
        : { url: values.HTTPS_PROXY, bypass: values.NO_PROXY ?? [] },
    ...web,
    ...readOperationsConfig(values),
    ...readRecordingConfig(values),
    warnings: misspelt.warnings.concat(
      tokenWarnings(values, accounts),
      deadlineWarnings(values.REPLY_DEADLINE_MS),
      keyWarnings(values),
      warnings,
    ),
  });
}

/**
 * Reads the configuration for test commands: from the environment and `.env`; or that of `npm run dev`, if no account
 * is configured, or with `development` (then without `.env`).
 *
 * @throws ConfigInvalid  with every fault at once
 */
export function readConfigForTrying({ development = false } = {}): { config: Config; development: boolean } {
  if (!development) loadDotEnv();
  if (!development && isAccountConfigured(process.env)) return { config: readConfig(), development: false };
  return { config: readConfig(withDevelopmentDefaults(process.env, withDotEnv({}))), development: true };
}

/** Returns every secret value of the configuration, for the logger to scrub. */
export function secretsOf(config: Config): readonly string[] {
  const secrets: (string | undefined)[] = config.accounts.flatMap(
    ({ appSecret, tokens, encodingAesKeys, forward }) => [
      appSecret,
      ...tokens,
      ...encodingAesKeys,
      forward?.token,
      forward?.encodingAesKey,
    ],
  );
  secrets.push(...config.oauth.map(({ sessionKey }) => sessionKey));
  secrets.push(config.admin.key, config.tokenServer?.key, config.metrics.key, config.recording.key);
  secrets.push(...config.alarms.webhookUrls);
  secrets.push(...secretsOfRedis(config.redis));
  if (config.proxy !== undefined) secrets.push(...passwordsOf(config.proxy.url));
  return [...new Set(secrets.filter((secret) => secret !== undefined).filter((secret) => secret !== ''))];
}

function readAccounts(
  values: Values,
  isGiven: (name: string) => boolean,
  readFile: ReadFile,
  faults: Words[],
): readonly AccountConfig[] {
  if (!isGiven('WECHAT_ACCOUNTS_FILE')) {
    const entries: Iterable<readonly unknown[]> = settingNames.map((s) => [s, values[accountSettings[s]]]);
    const settings: Settings = Object.fromEntries(entries);
    const draft: AccountDraft = {
      name: 'default',
      path: values.CALLBACK_PATH,
      settings,
      isGiven: (setting) => isGiven(accountSettings[setting]),
      nameOf: (setting) => {
        const name = accountSettings[setting];
        return isGiven(`${name}_FILE`) ? `${name}_FILE` : name;
      },
    };
    const account = toAccount(draft, faults);
    return account === undefined ? [] : [account];
  }
  const both = Object.values(accountSettings).filter(isGiven);
  if (both.length > 0) {
    faults.push({
      en:
        `WECHAT_ACCOUNTS_FILE is set together with ${both.join(', ')}; allowed: one of the two ways. ` +
        'Move the account into the file, or unset WECHAT_ACCOUNTS_FILE.',
      zh:
        `WECHAT_ACCOUNTS_FILE 和 ${both.join('、')} 同时设置了，只能用其中一种方式。` +
        '请把账号写进文件，或者删掉 WECHAT_ACCOUNTS_FILE。',
    });
  }
  const file = values.WECHAT_ACCOUNTS_FILE;
  return file === undefined ? [] : readAccountsFile(file, values.CALLBACK_PATH, readFile, faults);
}

const isSet = (text: string | undefined): boolean => text !== undefined && text !== '';

function toTokenServer({ TOKEN_SERVER_URL: url, TOKEN_SERVER_KEY: key }: Values): Config['tokenServer'] {
  return url === undefined ? undefined : { url, key };
}

function tokenWarnings(values: Values, accounts: readonly AccountConfig[]): readonly Words[] {
  if (values.TOKEN_SERVER_URL !== undefined) return [];
  const idle: readonly Words[] =
    values.TOKEN_SERVER_KEY === undefined
      ? []
      : [
          {
            en: 'TOKEN_SERVER_KEY is set without TOKEN_SERVER_URL.',
            zh: '设置了 TOKEN_SERVER_KEY，却没有设置 TOKEN_SERVER_URL。',
          },
        ];
  const mute = accounts.filter(({ appSecret }) => appSecret === undefined);
  return idle.concat(
    mute.map(({ name }) => ({
      en: `Account ${name} has no AppSecret: answers in time still work; late answers cannot be sent.`,
      zh: `账号 ${name} 没有 AppSecret：及时的回复不受影响，延后的回复发不出去。`,
    })),
  );
}

/** WeChat closes the connection after 5000 ms, and the answer needs time to arrive. */
const LATEST_DEADLINE_MS = 4_900;

function deadlineWarnings(replyDeadlineMs: number): readonly Words[] {
  if (replyDeadlineMs <= LATEST_DEADLINE_MS) return [];
  return [
    {
      en:
        `REPLY_DEADLINE_MS is ${replyDeadlineMs}, and WeChat disconnects after 5000 ms: answers that take longer are lost. ` +
        `Set it to ${LATEST_DEADLINE_MS} at most, unless something other than WeChat pushes.`,
      zh:
        `REPLY_DEADLINE_MS 的值是 ${replyDeadlineMs}，而微信等到 5000 毫秒就断开，更慢的回复会丢失。` +
        `除非推送不是来自微信，否则最多设为 ${LATEST_DEADLINE_MS}。`,
    },
  ];
}

function isThisProcess(url: string | undefined, adminPort: number): boolean {
  if (url === undefined) return false;
  const { hostname, port, protocol } = new URL(url);
  const asked = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return asked === adminPort && isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/** Least length of a key without a warning. Its holder can read the account's tokens. */
const SHORT_KEY = 16;
/** A shorter key is guessed quickly. */
const SHORTEST_KEY = 8;

function keyFaults({ ADMIN_KEY: key, ADMIN_HOST: host }: Values): readonly Words[] {
  if (key === undefined || key.length >= SHORTEST_KEY || isLoopback(host)) return [];
  return [
    {
      en:
        `ADMIN_KEY has ${key.length} characters (not shown), and ADMIN_HOST is ${showText(host)}, which others can reach; ` +
        `allowed there: at least ${SHORTEST_KEY}. Make it a long random text (openssl rand -base64 24), or set ADMIN_HOST to 127.0.0.1.`,
      zh:
        `ADMIN_KEY 只有 ${key.length} 个字符（不显示），而 ADMIN_HOST 是 ${showText(host)}，其他机器可以访问；` +
        `这时至少要 ${SHORTEST_KEY} 个字符。请换成一段足够长的随机文本（openssl rand -base64 24），或者把 ADMIN_HOST 设为 127.0.0.1。`,
    },
  ];
}

function keyWarnings({ ADMIN_KEY: key, ADMIN_HOST: host }: Values): readonly Words[] {
  if (key === undefined || key.length >= SHORT_KEY || isLoopback(host)) return [];
  return [
    {
      en:
        `ADMIN_KEY has ${key.length} characters, and others can reach ${showText(host)}: it guards the account's tokens, so make it a ` +
        'long random text (openssl rand -base64 24).',
      zh:
        `ADMIN_KEY 只有 ${key.length} 个字符，而其他机器可以访问 ${showText(host)}：它保护着账号的 access_token，` +
        '请换成一段足够长的随机文本（openssl rand -base64 24）。',
    },
  ];
}

function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/** Freezes a value recursively. */
function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
