import { z } from 'zod';
import { trimmed } from './value-schemas.js';
import type { Variable } from './variable.js';

const pattern = z.string().regex(/^(?:\*|\/[A-Za-z0-9_/-]*\*?)$/);

/** Variables of the gateway to WeChat's API; see docs/token-centre.md. */
export const gatewayVariables = {
  API_GATEWAY: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: { en: '1 or 0 (true or false, on or off)', zh: '1 或 0（也可以写 true 或 false、on 或 off）' },
    fallback: '0',
    meaning: "Forward other programs' calls to WeChat's API, on the admin listener.",
  },
  API_GATEWAY_ALLOW: {
    schema: trimmed
      .transform((text) => text.split(',').map((part) => part.trim()))
      .pipe(z.array(pattern).min(1)),
    allowed: {
      en: 'paths such as /cgi-bin/user/info or /cgi-bin/message/*, separated by commas',
      zh: '路径，例如 /cgi-bin/user/info 或 /cgi-bin/message/*，用逗号分隔',
    },
    fallback: '*',
    meaning:
      'Paths that the gateway forwards. Calls that cannot be undone must be listed with their full path.',
  },
} as const satisfies Readonly<Record<string, Variable>>;
