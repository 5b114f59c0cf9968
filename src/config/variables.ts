import { z } from 'zod';
import { anyText, baseUrl, host, oneOf, path, trimmed, wholeNumber } from './value-schemas.js';
import type { Variable } from './variable.js';
import { operationsVariables } from './operations-variables.js';
import { oauthVariables } from './oauth-variables.js';

export type { Variable } from './variable.js';

const callbackPath = trimmed
  .regex(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/)
  .transform((text) => text.replace(/\/+$/, '') || '/')
  .refine((text) => text !== '/healthz' && text !== '/readyz');

/** Characters, not code units: an emoji in a callback token counts once. */
const callbackToken = anyText.refine((text) => text !== '' && Array.from(text).length <= 32);
const encodingAesKey = trimmed.regex(/^[A-Za-z0-9]{43}$/);
const cipherMode = oneOf('plaintext', 'compatible', 'safe');

const allowedKey = 'exactly 43 letters and digits, as in the console of the account';

/** Every variable that the server reads. `.env.example` and `docs/configuration.md` are checked against it by a test. */
export const variables = {
  PORT: {
    schema: wholeNumber(0, 65_535),
    allowed: 'a port from 1 to 65535 (0: any free one)',
    fallback: '80',
    meaning: 'Port of the public listener. WeChat calls 80 (http) and 443 (https) only.',
  },
  HOST: {
    schema: host,
    allowed: 'an address or host name',
    fallback: '0.0.0.0',
    meaning: 'Address of the public listener.',
  },
  CALLBACK_PATH: {
    schema: callbackPath,
    allowed: 'a path that begins with / (not /healthz, not /readyz, no query)',
    fallback: '/wechat',
    meaning: 'Path of the callback URL. With several accounts: CALLBACK_PATH/<name>.',
  },
  WECHAT_ACCOUNTS_FILE: {
    schema: path,
    allowed: 'the path of a JSON file',
    without: 'one account, from the variables below',
    meaning: 'JSON file of several accounts, by name; replaces the other account variables.',
  },
  WECHAT_APP_ID: {
    schema: anyText,
    allowed: 'the AppID of the account',
    without: 'required, unless WECHAT_ACCOUNTS_FILE is set',
    meaning: 'AppID of the account (wx…).',
  },
  WECHAT_APP_SECRET: {
    schema: trimmed.min(1),
    allowed: 'the AppSecret of the account',
    without: 'no API calls: a late answer waits for the next message of its user',
    secret: true,
    meaning: 'AppSecret of the account; needed for API calls, so for sending an answer late.',
  },
  WECHAT_TOKEN: {
    schema: callbackToken,
    allowed: 'a text of 1 to 32 characters',
    without: 'required, unless WECHAT_ACCOUNTS_FILE is set',
    secret: true,
    meaning: 'Callback token (Token), the same text as in the console of the account.',
  },
  WECHAT_ENCODING_AES_KEY: {
    schema: encodingAesKey,
    allowed: allowedKey,
    without: 'plaintext mode',
    secret: true,
    meaning: 'EncodingAESKey; needed for compatible and safe mode.',
  },
  WECHAT_PREVIOUS_TOKEN: {
    schema: callbackToken,
    allowed: 'a text of 1 to 32 characters',
    without: 'none',
    secret: true,
    meaning: 'Callback token before the last change: still accepted.',
  },
  WECHAT_PREVIOUS_ENCODING_AES_KEY: {
    schema: encodingAesKey,
    allowed: allowedKey,
    without: 'none',
    secret: true,
    meaning: 'EncodingAESKey before the last change: still accepted.',
  },
  WECHAT_ORIGINAL_ID: {
    schema: trimmed.min(1),
    allowed: 'the original id of the account (gh_…)',
    without: 'not compared',
    meaning: 'Original id of the account (gh_…). If set, every push must be addressed to it.',
  },
  WECHAT_CIPHER_MODE: {
    schema: cipherMode,
    allowed: 'plaintext, compatible or safe',
    without: 'safe if a key is set, else plaintext',
    meaning: 'How bodies travel, as set in the console: plaintext, compatible or safe.',
  },
  MAX_PUSH_AGE_S: {
    schema: wholeNumber(0, 31_536_000),
    allowed: 'a whole number of seconds (0: off)',
    fallback: '600',
    meaning:
      'A push whose signed timestamp is further than this from our clock is refused. Seconds; 0 = off.',
  },
  REPLY_DEADLINE_MS: {
    schema: wholeNumber(500, 600_000),
    allowed: 'a whole number of milliseconds from 500',
    fallback: '4500',
    meaning:
      'When WeChat is answered at the latest, from the first byte of the push. Milliseconds; WeChat waits 5000.',
  },
  REDIS_URL: {
    schema: trimmed
      .regex(/^rediss?:\/\/\S+$/)
      .refine((text) => URL.canParse(text) && /^(?:\/\d*)?$/.test(new URL(text).pathname)),
    allowed: 'redis://… or rediss://…, with the number of a database behind the last / or nothing',
    without: 'embedded store in DATA_DIR, for a single process',
    secret: true,
    meaning: 'Redis for records and deferred work; any number of processes share it.',
  },
  DATA_DIR: {
    schema: path,
    allowed: 'the path of a folder',
    fallback: './data',
    meaning: 'Folder of the embedded store and of the fallback journal.',
  },
  HANDLERS_DIR: {
    schema: path,
    allowed: 'the path of a folder',
    without: './handlers beside the server',
    meaning: 'Folder of the handler modules.',
  },
  RELOAD_HANDLERS: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: '1 or 0 (true or false, on or off)',
    fallback: '0',
    meaning: 'Reload handlers when their files are saved: for development.',
  },
  WECHAT_API_BASE_URLS: {
    schema: trimmed
      .transform((text) => text.split(',').filter((part) => part.trim() !== ''))
      .pipe(z.array(baseUrl).min(1)),
    allowed: 'one http(s) URL or several, separated by commas, without query and credentials',
    fallback: [
      'https://api.weixin.qq.com',
      'https://api2.weixin.qq.com',
      'https://sh.api.weixin.qq.com',
      'https://sz.api.weixin.qq.com',
      'https://hk.api.weixin.qq.com',
    ].join(','),
    meaning: 'Access points of the WeChat API, the preferred one first.',
  },
  TOKEN_CHANNEL: {
    schema: oneOf('stable', 'ordinary'),
    allowed: 'stable or ordinary',
    fallback: 'stable',
    meaning: 'How access tokens are fetched: stable (/cgi-bin/stable_token) or ordinary (/cgi-bin/token).',
  },
  TOKEN_SERVER_URL: {
    schema: baseUrl,
    allowed: 'the http(s) URL of the admin listener of another instance, without query and credentials',
    without: 'tokens are fetched from WeChat',
    meaning:
      'Another instance whose token centre gives the access tokens and tickets; then none is fetched here.',
  },
  TOKEN_SERVER_KEY: {
    schema: trimmed.min(1),
    allowed: 'the ADMIN_KEY of that instance',
    without: 'none; enough where that instance has none',
    secret: true,
    meaning: 'Key of the token centre at TOKEN_SERVER_URL: the ADMIN_KEY of that instance.',
  },
  ...oauthVariables,
  ADMIN_PORT: {
    schema: wholeNumber(0, 65_535),
    allowed: 'a port from 1 to 65535 (0: any free one)',
    fallback: '9090',
    meaning: 'Port of the admin listener.',
  },
  ADMIN_HOST: {
    schema: host,
    allowed: 'an address or host name',
    fallback: '127.0.0.1',
    meaning: 'Address of the admin listener. Wider than loopback only with ADMIN_KEY.',
  },
  ADMIN_KEY: {
    schema: trimmed.min(1),
    allowed: 'a text',
    without: 'none; the admin listener stays on loopback',
    secret: true,
    meaning: 'Key that callers of the admin listener must show.',
  },
  ...operationsVariables,
  LATE_REPLY: {
    schema: oneOf('auto', 'customer-service', 'passive-only'),
    allowed: 'auto, customer-service or passive-only',
    fallback: 'auto',
    meaning:
      'How an answer travels that is not ready in time: customer-service (sent as a message; the account needs the right), passive-only (tries are held, then it waits for the next message) or auto.',
  },
  LATE_NOTICE: {
    schema: trimmed.min(1).refine((text) => Buffer.byteLength(text) <= 600),
    allowed: 'a text of 1 to 600 bytes',
    fallback: '答案还在准备中，请稍后发送任意消息查看。',
    meaning: 'What the user of a passive-only account hears when the answer is not ready in time.',
  },
  LATE_TEMPLATE: {
    schema: trimmed.min(1),
    allowed:
      'a JSON object such as {"type": "template", "templateId": "…", "data": {"thing1": "{answer:20}"}}',
    without: 'no template is sent',
    json: true,
    meaning:
      'A template message or subscription notice, as JSON, in place of a late answer that may not be sent any more; best as LATE_TEMPLATE_FILE. See docs/late-answers.md.',
  },
  HELD_TRIES_PER_5_MIN: {
    schema: wholeNumber(0, 1_000_000),
    allowed: 'a whole number (0: none)',
    fallback: '14',
    meaning:
      'Passive-only accounts: so many pushes may have their first two tries left unanswered in 5 minutes. Each makes two failures, and WeChat raises an alarm at 30.',
  },
  WHILE_PENDING: {
    schema: oneOf('answer', 'notice'),
    allowed: 'answer or notice',
    fallback: 'answer',
    meaning:
      'Passive-only accounts: a new push while an earlier one of its user is worked on is handled as usual (answer) or told LATE_NOTICE (notice).',
  },
  LANE_PATIENCE_S: {
    schema: wholeNumber(0, 86_400),
    allowed: 'a whole number of seconds',
    fallback: '120',
    meaning: 'A late answer waits for those of earlier pushes of its user until they are this old. Seconds.',
  },
  ON_AMBIGUOUS_SEND: {
    schema: oneOf('drop', 'resend'),
    allowed: 'drop or resend',
    fallback: 'drop',
    meaning:
      'A late message of which nobody knows whether WeChat took it: drop (dead letter) or resend (maybe twice).',
  },
  LOG_LEVEL: {
    schema: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    allowed: 'trace, debug, info, warn, error, fatal or silent',
    fallback: 'info',
    meaning: 'Least severe level that is logged.',
  },
  LOG_THROWN_MESSAGES: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: '1 or 0 (true or false, on or off)',
    fallback: '0',
    meaning:
      'Log the messages of errors that handlers throw, which may hold what users typed: for development.',
  },
  WORKER_CONCURRENCY: {
    schema: wholeNumber(1, 10_000),
    allowed: 'a whole number from 1 to 10000',
    fallback: '64',
    meaning: 'How many deferred jobs one process works on at once.',
  },
  MAX_CONNECTIONS: {
    schema: wholeNumber(1, 1_000_000),
    allowed: 'a whole number from 1',
    fallback: '20000',
    meaning: 'Connections that the public listener holds at most; further ones are closed at once.',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export const variableNames: readonly VariableName[] = Object.keys(variables).filter(isVariableName);

function isVariableName(name: string): name is VariableName {
  return name in variables;
}

type Parsed<V> = V extends { readonly schema: z.ZodType<infer T> } ? T : never;
/** What the table makes of an environment: absent variables have their fallback, or are undefined. */
export type Values = {
  readonly [Name in VariableName]:
    | Parsed<(typeof variables)[Name]>
    | ((typeof variables)[Name] extends { readonly fallback: string } ? never : undefined);
};
