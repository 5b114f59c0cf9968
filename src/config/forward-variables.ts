import { z } from 'zod';
import { anyText, oneOf, trimmed, wholeNumber } from './value-schemas.js';
import type { Variable } from './variable.js';

/** With a query, since many callbacks have one; without credentials, which would stand in logs. */
const callbackUrl = trimmed.refine((text) => {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { hash, username, password } = new URL(text);
  return hash === '' && username === '' && password === '';
});

const MAX_MINUTES = 2_880;

/** Variables of the backend that pushes are forwarded to; see docs/forward.md. */
export const forwardVariables = {
  FORWARD_URL: {
    schema: callbackUrl,
    allowed: {
      en: 'the http(s) URL of a callback, without credentials',
      zh: '回调地址的 http(s) URL，不带用户名和密码',
    },
    without: 'nothing is forwarded',
    meaning: 'Another callback server that answers the pushes that no handler takes, as if WeChat called it.',
  },
  FORWARD_TOKEN: {
    schema: anyText.min(1),
    allowed: { en: 'the callback token of the backend', zh: '后端的回调 Token' },
    without: 'the callback token of the account',
    secret: true,
    meaning: 'Callback token that signs the pushes to FORWARD_URL.',
  },
  FORWARD_AES_KEY: {
    schema: trimmed.regex(/^[A-Za-z0-9]{43}$/),
    allowed: { en: 'exactly 43 letters and digits', zh: '43 个字母或数字' },
    without: 'the EncodingAESKey of the account',
    secret: true,
    meaning: 'EncodingAESKey that encrypts the pushes to FORWARD_URL.',
  },
  FORWARD_MODE: {
    schema: oneOf('plaintext', 'compatible', 'safe'),
    allowed: {
      en: 'plaintext, compatible or safe',
      zh: 'plaintext（明文模式）、compatible（兼容模式）或 safe（安全模式）',
    },
    without: 'the mode of the account; safe if only the backend has a key',
    meaning: 'Mode of the pushes to FORWARD_URL: plaintext, compatible or safe.',
  },
  FORWARD_TIMEOUT_S: {
    schema: wholeNumber(1, 590),
    allowed: { en: 'a whole number of seconds from 1 to 590', zh: '1 到 590 的整数秒' },
    fallback: '60',
    meaning: 'How long the backend may take; an answer after the deadline is delivered late. Seconds.',
  },
  FORWARD_RETRY: {
    schema: trimmed
      .toLowerCase()
      .pipe(
        z.union([
          z.literal('window'),
          z
            .string()
            .regex(/^\d{1,4}$/)
            .transform(Number),
        ]),
      )
      .refine((value) => value === 'window' || value <= MAX_MINUTES),
    allowed: {
      en: `window, or a whole number of minutes up to ${MAX_MINUTES} (0: not at all)`,
      zh: `window，或者不超过 ${MAX_MINUTES} 的整数分钟（0 表示不保留）`,
    },
    fallback: 'window',
    meaning:
      'How long a push is kept for a backend that is down: window (until nothing can be sent to the user any more; 48 h if the push allows no messages) or minutes.',
  },
  FORWARD_OTHERWISE: {
    schema: trimmed.min(1),
    allowed: { en: 'the name of a handler', zh: '一个处理模块的名称' },
    without: 'the push is kept for the backend',
    meaning:
      'Handler that answers while the backend is down, and never else; its name is that of its file in HANDLERS_DIR.',
  },
} as const satisfies Readonly<Record<string, Variable>>;
