import { z } from 'zod';
import type {
  BookRequest,
  FaultRequest,
  PushField,
  PushFields,
  PushRequest,
  ReplayRequest,
  ShownReply,
  VerdictCause,
} from '../types/types.js';
import { Problem } from './problem.js';

const mode = z.enum(['plaintext', 'compatible', 'safe']);
const hostile = z.enum([
  'bad-signature',
  'no-signature',
  'old-timestamp',
  'other-app-id',
  'other-account',
  'plaintext',
  'cut-body',
  'doctype',
]);
const text = z.string();
const flag = z.boolean();
const count = z.int().min(1).max(200);

/** Names that XML allows and that cannot end the element. */
const fieldName = text.regex(/^[A-Za-z_][\w.-]*$/);
const field: z.ZodType<PushField> = z.lazy(() =>
  z.union([text, z.number(), fields, z.array(z.union([text, z.number(), fields]))]),
);
const fields: z.ZodType<PushFields> = z.lazy(() => z.record(fieldName, field));

const sending = {
  copies: count.exactOptional(),
  hostile: hostile.exactOptional(),
  wait: flag.exactOptional(),
};

export const pushRequest: z.ZodType<PushRequest> = z.strictObject({
  follower: text.exactOptional(),
  kind: text.regex(/^(message|event)\.[\w.-]+$/).exactOptional(),
  fields: fields.exactOptional(),
  xml: text.exactOptional(),
  mode: mode.exactOptional(),
  timeoutMs: z.number().min(1).exactOptional(),
  tries: z.int().min(1).max(10).exactOptional(),
  escapesCdataEnd: flag.exactOptional(),
  ...sending,
});

export const replayRequest: z.ZodType<ReplayRequest> = z.strictObject({
  exchange: text,
  fresh: flag.exactOptional(),
  fields: fields.exactOptional(),
  xml: text.exactOptional(),
  ...sending,
});

const actor = { follower: text.exactOptional(), wait: flag.exactOptional() };
export const actRequest = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('follow'),
    scene: text.exactOptional(),
    qrTicket: text.exactOptional(),
    ...actor,
  }),
  z.strictObject({ action: z.literal('unfollow'), ...actor }),
  z.strictObject({
    action: z.literal('scan'),
    ticket: text.exactOptional(),
    scene: text.exactOptional(),
    ...actor,
  }),
  z.strictObject({ action: z.literal('enter'), ...actor }),
  z.strictObject({
    action: z.literal('tap'),
    button: text.regex(/^\d(\.\d)?$/),
    scanResult: text.exactOptional(),
    pictures: z.int().min(0).max(9).exactOptional(),
    ...actor,
  }),
  z.strictObject({ action: z.literal('tap-menu-message'), id: text, content: text, ...actor }),
  z.strictObject({
    action: z.literal('opt-in'),
    templateId: text,
    accept: flag.exactOptional(),
    ...actor,
  }),
  z.strictObject({ action: z.literal('refuse-messages'), refuse: flag, ...actor }),
]);

export const accountChange = z.strictObject({
  target: z.url({ protocol: /^https?$/ }).exactOptional(),
  appId: text.min(1).exactOptional(),
  appSecret: text.min(1).exactOptional(),
  token: text.min(1).max(32).exactOptional(),
  encodingAesKey: text.regex(/^[A-Za-z0-9]{43}$/).exactOptional(),
  originalId: text.min(1).exactOptional(),
  mode: mode.exactOptional(),
  kind: z
    .enum([
      'service-verified',
      'service-unverified',
      'subscription-verified',
      'subscription-unverified',
      'test',
    ])
    .exactOptional(),
  name: text.exactOptional(),
  oauthDomain: text.exactOptional(),
  miniPrograms: z.array(text.min(1)).exactOptional(),
  agents: z.array(text.min(1)).exactOptional(),
});

export const faultRequest: z.ZodType<FaultRequest> = z.strictObject({
  kind: z.enum([
    'delay',
    'reset-before',
    'reset-after',
    'half-answer',
    'http-status',
    'html',
    'content-type',
    'errcode',
    'token-invalid',
    'ip-not-whitelisted',
    'quota-spent',
    'window-closed',
    'no-permission',
  ]),
  path: text.exactOptional(),
  accessPoint: z.enum(['*', 'api', 'api2', 'sh', 'sz', 'hk']).exactOptional(),
  calls: z.union([z.literal(-1), z.int().min(1)]).exactOptional(),
  delayMs: z.number().min(0).exactOptional(),
  status: z.int().min(200).max(599).exactOptional(),
  contentType: text.regex(/^[\x20-\x7e]+$/).exactOptional(),
  errcode: z.int().exactOptional(),
  errmsg: text.exactOptional(),
});

export const bookRequest: z.ZodType<BookRequest> = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('invalidate-tokens'),
    channel: z.enum(['ordinary', 'stable']).exactOptional(),
  }),
  z.strictObject({ action: z.literal('close-window'), follower: text.exactOptional() }),
  z.strictObject({ action: z.literal('spend-quota'), path: text }),
  z.strictObject({ action: z.literal('reset-quotas') }),
]);

export const clockRequest = z.union([
  z.strictObject({
    advanceMs: z
      .number()
      .min(0)
      .max(400 * 86_400_000),
  }),
  z.strictObject({ back: z.literal(true) }),
]);

export const callRequest = z.strictObject({
  path: text.regex(/^\/[\w/.-]+$/),
  method: z.enum(['GET', 'POST']).exactOptional(),
  query: z.record(text, text).exactOptional(),
  body: z.unknown().exactOptional(),
  token: text.exactOptional(),
  accessPoint: text.exactOptional(),
});

export const menuRequest = z.strictObject({ button: z.array(z.looseObject({})) });

export const followerRequest = z.strictObject({
  nickname: text.exactOptional(),
  openId: text.min(1).exactOptional(),
  following: flag.exactOptional(),
  clientPlatform: z.literal([1, 2, 3]).exactOptional(),
});

export const transcript = z.object({
  format: z.literal('wechat-callback-sandbox/1'),
  savedAtMs: z.number(),
  exchanges: z.array(
    z.object({
      kind: text,
      follower: text,
      mode,
      plainBody: text,
      hostile: hostile.exactOptional(),
      afterMs: z.number(),
      verdict: z.object({
        outcome: z.enum(['reply', 'silent', 'failure', 'refused', 'believed', 'accepted', 'not-sent']),
        cause: z.custom<VerdictCause>((value) => typeof value === 'string').exactOptional(),
        reply: z.custom<ShownReply>((value) => typeof value === 'object' && value !== null).exactOptional(),
      }),
    }),
  ),
});

/** Reads a body by its schema. @throws Problem 400 that names the field */
export function read<T>(schema: z.ZodType<T>, body: unknown, path = ''): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [inChinese] = schema.safeParse(body, { error: z.locales.zhCN().localeError }).error?.issues ?? [];
  const where = [...(path === '' ? [] : [path]), ...(issue?.path ?? [])].join('.');
  throw new Problem(400, {
    en: `${where || 'the body'}: ${issue?.message ?? 'not understood'}`,
    zh: `${where || '内容'}：${inChinese?.message ?? '无法识别'}`,
  });
}
