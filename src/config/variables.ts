import { z } from 'zod';
import { anyText, baseUrl, host, oneOf, path, trimmed, wholeNumber } from './value-schemas.js';
import type { Variable } from './variable.js';
import { forwardVariables } from './forward-variables.js';
import { gatewayVariables } from './gateway-variables.js';
import { operationsVariables } from './operations-variables.js';
import { oauthVariables } from './oauth-variables.js';
import { recordingVariables } from './recording-variables.js';
import { networkVariables } from './network-variables.js';
import { redisVariables } from './redis-variables.js';

export type { Variable } from './variable.js';

const callbackPath = trimmed
  .regex(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/)
  .transform((text) => text.replace(/\/+$/, '') || '/')
  .refine((text) => text !== '/healthz' && text !== '/readyz');

/** Characters, not code units: an emoji in a callback token counts once. */
const callbackToken = anyText.refine((text) => text !== '' && Array.from(text).length <= 32);
const encodingAesKey = trimmed.regex(/^[A-Za-z0-9]{43}$/);
const cipherMode = oneOf('plaintext', 'compatible', 'safe');

const allowedKey = {
  en: "exactly 43 letters and digits, as in the account's console",
  zh: '43 个字母或数字，与公众号后台一致',
};

/**
 * Every variable that the server reads. `.env.example` and `docs/configuration.md` are checked against it by a test.
 */
export const variables = {
  PORT: {
    schema: wholeNumber(0, 65_535),
    allowed: {
      en: 'a port from 1 to 65535 (0: any free one)',
      zh: '1 到 65535 的端口号（0 表示任意空闲端口）',
    },
    fallback: '80',
    meaning: 'Port of the public listener. WeChat only calls 80 (http) and 443 (https).',
  },
  HOST: {
    schema: host,
    allowed: { en: 'an address or host name', zh: 'IP 地址或主机名' },
    fallback: '0.0.0.0',
    meaning: 'Address of the public listener.',
  },
  CALLBACK_PATH: {
    schema: callbackPath,
    allowed: {
      en: 'a path that begins with / (not /healthz or /readyz, no query)',
      zh: '以 / 开头的路径（不能是 /healthz、/readyz，不带查询参数）',
    },
    fallback: '/wechat',
    meaning: 'Path of the callback URL. With several accounts: CALLBACK_PATH/<name>.',
  },
  WECHAT_ACCOUNTS_FILE: {
    schema: path,
    allowed: { en: 'the path of a JSON file', zh: '一个 JSON 文件的路径' },
    without: 'one account, from the variables below',
    meaning: 'JSON file of several accounts, by name; replaces the other account variables.',
  },
  WECHAT_APP_ID: {
    schema: anyText,
    allowed: { en: 'the AppID of the account', zh: '账号的 AppID' },
    without: 'required, unless WECHAT_ACCOUNTS_FILE is set',
    meaning: 'AppID of the account (wx…).',
  },
  WECHAT_APP_SECRET: {
    schema: trimmed.min(1),
    allowed: { en: 'the AppSecret of the account', zh: '账号的 AppSecret' },
    without: "no API calls: a late answer waits for its user's next message",
    secret: true,
    meaning: 'AppSecret of the account; needed for API calls, such as sending a late answer.',
  },
  WECHAT_TOKEN: {
    schema: callbackToken,
    allowed: { en: 'a text of 1 to 32 characters', zh: '1 到 32 个字符的文本' },
    without: 'required, unless WECHAT_ACCOUNTS_FILE is set',
    secret: true,
    meaning: "Callback token (Token), the same text as in the account's console.",
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
    allowed: { en: 'a text of 1 to 32 characters', zh: '1 到 32 个字符的文本' },
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
    allowed: { en: 'the original id of the account (gh_…)', zh: '账号的原始 ID（gh_…）' },
    without: 'not compared',
    meaning: 'Original id of the account (gh_…). If set, every push must be addressed to it.',
  },
  WECHAT_CIPHER_MODE: {
    schema: cipherMode,
    allowed: {
      en: 'plaintext, compatible or safe',
      zh: 'plaintext（明文模式）、compatible（兼容模式）或 safe（安全模式）',
    },
    without: 'safe if a key is set, else plaintext',
    meaning: 'Cipher mode, as set in the console: plaintext, compatible or safe.',
  },
  MAX_PUSH_AGE_S: {
    schema: wholeNumber(0, 31_536_000),
    allowed: { en: 'a whole number of seconds (0: off)', zh: '整数，单位秒（0 表示关闭）' },
    fallback: '600',
    meaning:
      "A push whose signed timestamp is further than this from the server's clock is refused. Seconds; 0 = off.",
  },
  REPLY_DEADLINE_MS: {
    schema: wholeNumber(500, 600_000),
    allowed: { en: 'a whole number of milliseconds, at least 500', zh: '不小于 500 的整数，单位毫秒' },
    fallback: '4500',
    meaning:
      'Time limit for the answer to WeChat, from the first byte of the push. Milliseconds; WeChat waits 5000.',
  },
  ...redisVariables,
  DATA_DIR: {
    schema: path,
    allowed: { en: 'the path of a folder', zh: '一个目录的路径' },
    fallback: './data',
    meaning: 'Folder of the embedded store and of the fallback journal.',
  },
  HANDLERS_DIR: {
    schema: path,
    allowed: { en: 'the path of a folder', zh: '一个目录的路径' },
    fallback: './handlers',
    meaning: 'Folder of the handler modules.',
  },
  RELOAD_HANDLERS: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: { en: '1 or 0 (true or false, on or off)', zh: '1 或 0（也可以写 true 或 false、on 或 off）' },
    fallback: '0',
    meaning: 'Reload handlers when their files are saved: for development.',
  },
  WECHAT_API_BASE_URLS: {
    schema: trimmed
      .transform((text) => text.split(',').filter((part) => part.trim() !== ''))
      .pipe(z.array(baseUrl).min(1)),
    allowed: {
      en: 'one http(s) URL or several, separated by commas, without query or credentials',
      zh: '一个或多个 http(s) URL，用逗号分隔，不带查询参数、用户名和密码',
    },
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
    allowed: { en: 'stable or ordinary', zh: 'stable 或 ordinary' },
    fallback: 'stable',
    meaning: 'How access tokens are fetched: stable (/cgi-bin/stable_token) or ordinary (/cgi-bin/token).',
  },
  TOKEN_SERVER_URL: {
    schema: baseUrl,
    allowed: {
      en: 'the http(s) URL of the admin listener of another instance, without query or credentials',
      zh: '另一个实例管理端口的 http(s) URL，不带查询参数、用户名和密码',
    },
    without: 'tokens are fetched from WeChat',
    meaning:
      'Another instance whose token centre supplies access tokens and tickets; then this one fetches none.',
  },
  TOKEN_SERVER_KEY: {
    schema: trimmed.min(1),
    allowed: { en: 'the ADMIN_KEY of that instance', zh: '那个实例的 ADMIN_KEY' },
    without: 'none; fine if that instance has none',
    secret: true,
    meaning: 'Key of the token centre at TOKEN_SERVER_URL: the ADMIN_KEY of that instance.',
  },
  ...oauthVariables,
  ADMIN_PORT: {
    schema: wholeNumber(0, 65_535),
    allowed: {
      en: 'a port from 1 to 65535 (0: any free one)',
      zh: '1 到 65535 的端口号（0 表示任意空闲端口）',
    },
    fallback: '9090',
    meaning: 'Port of the admin listener.',
  },
  ADMIN_HOST: {
    schema: host,
    allowed: { en: 'an address or host name', zh: 'IP 地址或主机名' },
    fallback: '127.0.0.1',
    meaning: 'Address of the admin listener. Wider than loopback only with ADMIN_KEY.',
  },
  ADMIN_KEY: {
    schema: trimmed.min(1),
    allowed: { en: 'a text', zh: '任意文本' },
    without: 'none; the admin listener stays on loopback',
    secret: true,
    meaning: 'Key that callers of the admin listener must send.',
  },
  ...gatewayVariables,
  ...operationsVariables,
  ...recordingVariables,
  ...forwardVariables,
  LATE_REPLY: {
    schema: oneOf('auto', 'customer-service', 'passive-only'),
    allowed: { en: 'auto, customer-service or passive-only', zh: 'auto、customer-service 或 passive-only' },
    fallback: 'auto',
    meaning:
      "How an answer that is not ready in time is delivered: customer-service (as a message; the account needs the permission), passive-only (by WeChat's retries, or by the user's next message) or auto.",
  },
  LATE_NOTICE: {
    schema: trimmed.min(1).refine((text) => Buffer.byteLength(text) <= 600),
    allowed: { en: 'a text of 1 to 600 bytes', zh: '1 到 600 字节的文本' },
    fallback: '答案还在准备中，请稍后发送任意消息查看。',
    meaning: 'What a passive-only account replies when the answer is not ready in time.',
  },
  LATE_TEMPLATE: {
    schema: trimmed.min(1),
    allowed: {
      en: 'a JSON object such as {"type": "template", "templateId": "…", "data": {"thing1": "{answer:20}"}}',
      zh: '一个 JSON 对象，例如 {"type": "template", "templateId": "…", "data": {"thing1": "{answer:20}"}}',
    },
    without: 'no template is sent',
    json: true,
    meaning:
      'A template message or subscription notice, as JSON, sent in place of a late answer that may no longer be sent; preferably as LATE_TEMPLATE_FILE.',
  },
  HELD_TRIES_PER_5_MIN: {
    schema: wholeNumber(0, 1_000_000),
    allowed: { en: 'a whole number (0: none)', zh: '整数（0 表示一个也没有）' },
    fallback: '14',
    meaning:
      'Passive-only accounts: how many pushes in 5 minutes may have their first two attempts left unanswered. Each counts as two failures; WeChat raises an alarm at 30.',
  },
  WHILE_PENDING: {
    schema: oneOf('answer', 'notice'),
    allowed: { en: 'answer or notice', zh: 'answer 或 notice' },
    fallback: 'answer',
    meaning:
      'Passive-only accounts: a new push while an earlier one of its user is still running is handled as usual (answer) or gets LATE_NOTICE (notice).',
  },
  LANE_PATIENCE_S: {
    schema: wholeNumber(0, 86_400),
    allowed: { en: 'a whole number of seconds', zh: '整数，单位秒' },
    fallback: '120',
    meaning:
      'A late answer waits for those to earlier pushes of the same user, until these are this old. Seconds.',
  },
  ON_AMBIGUOUS_SEND: {
    schema: oneOf('drop', 'resend'),
    allowed: { en: 'drop or resend', zh: 'drop 或 resend' },
    fallback: 'drop',
    meaning:
      'What happens to a late message that WeChat may have accepted: drop (dead letter) or resend (may arrive twice).',
  },
  LOG_LEVEL: {
    schema: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    allowed: {
      en: 'trace, debug, info, warn, error, fatal or silent',
      zh: 'trace、debug、info、warn、error、fatal 或 silent',
    },
    fallback: 'info',
    meaning: 'Least severe level that is logged.',
  },
  LOG_THROWN_MESSAGES: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: { en: '1 or 0 (true or false, on or off)', zh: '1 或 0（也可以写 true 或 false、on 或 off）' },
    fallback: '0',
    meaning:
      'Log the messages of errors that handlers throw; they may hold what users typed. For development.',
  },
  WORKER_CONCURRENCY: {
    schema: wholeNumber(1, 10_000),
    allowed: { en: 'a whole number from 1 to 10000', zh: '1 到 10000 的整数' },
    fallback: '64',
    meaning: 'How many deferred jobs one process works on at once.',
  },
  ...networkVariables,
  MAX_CONNECTIONS: {
    schema: wholeNumber(1, 1_000_000),
    allowed: { en: 'a whole number, at least 1', zh: '不小于 1 的整数' },
    fallback: '20000',
    meaning: 'How many connections the public listener accepts; further ones are closed at once.',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export const variableNames: readonly VariableName[] = Object.keys(variables).filter(isVariableName);

function isVariableName(name: string): name is VariableName {
  return name in variables;
}

type Parsed<V> = V extends { readonly schema: z.ZodType<infer T> } ? T : never;
/** The values of an environment. Absent variables have their fallback, or are `undefined`. */
export type Values = {
  readonly [Name in VariableName]:
    | Parsed<(typeof variables)[Name]>
    | ((typeof variables)[Name] extends { readonly fallback: string } ? never : undefined);
};
