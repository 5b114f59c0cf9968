import { isIPv4 } from 'node:net';
import {
  accountSettings,
  settingNames,
  toAccount,
  type AccountConfig,
  type AccountDraft,
  type Settings,
} from './config/account.js';
import { readAccountsFile } from './config/accounts-file.js';
import { ConfigInvalid } from './config/config-invalid.js';
import { isAccountConfigured, withDevelopmentDefaults } from './config/development-account.js';
import { loadDotEnv } from './config/dot-env.js';
import { findUnknownVariables } from './config/unknown-variables.js';
import { readTextFile } from './config/text-file.js';
import { readValues, type ReadFile } from './config/variable-source.js';
import type { Values } from './config/variables.js';
import { readOperationsConfig, type OperationsConfig } from './config/operations-config.js';
import { showText } from './config/show-value.js';
import { readOAuthConfig, type OAuthAndPageConfig } from './config/oauth-config.js';

export type { AccountConfig, ConfiguredCipherMode } from './config/account.js';
export { ConfigInvalid } from './config/config-invalid.js';
export { loadDotEnv, withDotEnv } from './config/dot-env.js';

/** All settings of the server, checked and frozen. */
export interface Config extends OAuthAndPageConfig, OperationsConfig {
  readonly public: { readonly host: string; readonly port: number };
  readonly admin: { readonly host: string; readonly port: number; readonly key: string | undefined };
  readonly accounts: readonly AccountConfig[];
  /** Seconds; 0 = off. */
  readonly maxPushAgeS: number;
  readonly replyDeadlineMs: number;
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  /** Undefined: the folder `handlers` beside the server. */
  readonly handlersDir: string | undefined;
  readonly reloadHandlers: boolean;
  /** Without a slash at their end; the preferred one first; never empty. */
  readonly apiBaseUrls: readonly string[];
  readonly tokenChannel: 'stable' | 'ordinary';
  /** Set: tokens and tickets come from another instance, and none is fetched. */
  readonly tokenServer: { readonly url: string; readonly key: string | undefined } | undefined;
  readonly onAmbiguousSend: 'drop' | 'resend';
  readonly lateReply: 'auto' | 'customer-service' | 'passive-only';
  readonly lateNotice: string;
  readonly heldTriesPer5Min: number;
  readonly whilePending: 'answer' | 'notice';
  readonly lanePatienceS: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Show the messages of errors that handlers throw. */
  readonly logThrownMessages: boolean;
  readonly workerConcurrency: number;
  readonly maxConnections: number;
  /** What is odd but lets the server start; to be logged. */
  readonly warnings: readonly string[];
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws ConfigInvalid  with every fault at once
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, readFile: ReadFile = readTextFile): Config {
  const faults: string[] = [];
  const values = readValues(env, readFile, faults);
  const isGiven = (name: string) => isSet(env[name]) || isSet(env[`${name}_FILE`]);
  const accounts = readAccounts(values, isGiven, readFile, faults);
  const warnings: string[] = [];
  const web = readOAuthConfig(values, accounts, { isGiven, faults, warnings });
  const misspelt = findUnknownVariables(env);
  faults.push(...misspelt.faults);
  if (!isLoopback(values.ADMIN_HOST) && !isGiven('ADMIN_KEY')) {
    faults.push(
      `ADMIN_HOST is ${showText(values.ADMIN_HOST)}, which others can reach, and ADMIN_KEY is missing. ` +
        'Set ADMIN_KEY to a long random text, or ADMIN_HOST to 127.0.0.1.',
    );
  }
  faults.push(...keyFaults(values));
  if (isThisProcess(values.TOKEN_SERVER_URL, values.ADMIN_PORT)) {
    faults.push(
      `TOKEN_SERVER_URL is ${showText(values.TOKEN_SERVER_URL ?? '')}, which is this server's own admin listener. ` +
        'Set it to that of another instance, or remove it.',
    );
  }
  if (faults.length > 0) throw new ConfigInvalid(faults);

  return freeze({
    public: { host: values.HOST, port: values.PORT },
    admin: { host: values.ADMIN_HOST, port: values.ADMIN_PORT, key: values.ADMIN_KEY },
    accounts,
    maxPushAgeS: values.MAX_PUSH_AGE_S,
    replyDeadlineMs: values.REPLY_DEADLINE_MS,
    redisUrl: values.REDIS_URL,
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
    logLevel: values.LOG_LEVEL,
    logThrownMessages: values.LOG_THROWN_MESSAGES,
    workerConcurrency: values.WORKER_CONCURRENCY,
    maxConnections: values.MAX_CONNECTIONS,
    ...web,
    ...readOperationsConfig(values),
    warnings: misspelt.warnings.concat(
      tokenWarnings(values, accounts),
      deadlineWarnings(values.REPLY_DEADLINE_MS),
      keyWarnings(values),
      warnings,
    ),
  });
}

/**
 * The configuration for commands that only try something out: that of the environment and `.env`; or that of
 * `npm run dev` where no account is configured at all, or `development` asks for it (then without `.env`).
 *
 * @throws ConfigInvalid  with every fault at once
 */
export function readConfigForTrying({ development = false } = {}): { config: Config; development: boolean } {
  if (!development) loadDotEnv();
  if (!development && isAccountConfigured(process.env)) return { config: readConfig(), development: false };
  return { config: readConfig(withDevelopmentDefaults(process.env)), development: true };
}

/** Every value of the configuration that must never be printed; handed to the logger. */
export function secretsOf(config: Config): readonly string[] {
  const secrets: (string | undefined)[] = config.accounts.flatMap(
    ({ appSecret, tokens, encodingAesKeys }) => [appSecret, ...tokens, ...encodingAesKeys],
  );
  secrets.push(...config.oauth.map(({ sessionKey }) => sessionKey));
  secrets.push(config.admin.key, config.tokenServer?.key, config.metrics.key, ...config.alarms.webhookUrls);
  if (config.redisUrl !== undefined) secrets.push(...redisPassword(config.redisUrl));
  return [...new Set(secrets.filter((secret) => secret !== undefined).filter((secret) => secret !== ''))];
}

function readAccounts(
  values: Values,
  isGiven: (name: string) => boolean,
  readFile: ReadFile,
  faults: string[],
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
    faults.push(
      `WECHAT_ACCOUNTS_FILE is set together with ${both.join(', ')}; allowed: one of the two ways. ` +
        'Move the account into the file, or unset WECHAT_ACCOUNTS_FILE.',
    );
  }
  const file = values.WECHAT_ACCOUNTS_FILE;
  return file === undefined ? [] : readAccountsFile(file, values.CALLBACK_PATH, readFile, faults);
}

const isSet = (text: string | undefined): boolean => text !== undefined && text !== '';

/** The password as the URL spells it and as Redis hears it. */
function redisPassword(url: string): readonly string[] {
  const { password } = new URL(url);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // a lone % in it
  }
}

function toTokenServer({ TOKEN_SERVER_URL: url, TOKEN_SERVER_KEY: key }: Values): Config['tokenServer'] {
  return url === undefined ? undefined : { url, key };
}

function tokenWarnings(values: Values, accounts: readonly AccountConfig[]): string[] {
  if (values.TOKEN_SERVER_URL !== undefined) return [];
  const idle =
    values.TOKEN_SERVER_KEY === undefined ? [] : ['TOKEN_SERVER_KEY is set without TOKEN_SERVER_URL.'];
  const mute = accounts.filter(({ appSecret }) => appSecret === undefined);
  return idle.concat(
    mute.map(
      ({ name }) => `Account ${name} has no AppSecret: answers in time work, late answers cannot be sent.`,
    ),
  );
}

/** WeChat hangs up after 5000 ms; the answer has to get there, too. */
const LATEST_DEADLINE_MS = 4_900;

function deadlineWarnings(replyDeadlineMs: number): string[] {
  if (replyDeadlineMs <= LATEST_DEADLINE_MS) return [];
  return [
    `REPLY_DEADLINE_MS is ${replyDeadlineMs}, and WeChat hangs up after 5000 ms: answers that take longer are lost. ` +
      `Set it to ${LATEST_DEADLINE_MS} at most, unless something else than WeChat pushes.`,
  ];
}

function isThisProcess(url: string | undefined, adminPort: number): boolean {
  if (url === undefined) return false;
  const { hostname, port, protocol } = new URL(url);
  const asked = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return asked === adminPort && isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/** Whoever has it has the account's tokens. */
const SHORT_KEY = 16;
/** A shorter one is guessed in no time. */
const SHORTEST_KEY = 8;

function keyFaults({ ADMIN_KEY: key, ADMIN_HOST: host }: Values): string[] {
  if (key === undefined || key.length >= SHORTEST_KEY || isLoopback(host)) return [];
  return [
    `ADMIN_KEY has ${key.length} characters (not shown), and ADMIN_HOST is ${showText(host)}, which others can reach; ` +
      `allowed there: at least ${SHORTEST_KEY}. Make it a long random text (openssl rand -base64 24), or set ADMIN_HOST to 127.0.0.1.`,
  ];
}

function keyWarnings({ ADMIN_KEY: key, ADMIN_HOST: host }: Values): string[] {
  if (key === undefined || key.length >= SHORT_KEY || isLoopback(host)) return [];
  return [
    `ADMIN_KEY has ${key.length} characters, and others can reach ${showText(host)}: it guards the account's tokens, so make it a ` +
      'long random text (openssl rand -base64 24).',
  ];
}

function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/** Freezes a value and all that hangs on it. */
function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
