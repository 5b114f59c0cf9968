import { decideRetry, type SendRetries } from '../../api/retry-policy.js';
import { toOpenId, type AccessToken } from '../../protocol/ids.js';
import { fillTemplate, type LateTemplate } from '../../protocol/late-template.js';
import { refusalOf } from '../dead-letters/dead-letter.js';
import type { Delivery } from './delivery.js';
import { recordIntent } from '../../push-record/transitions.js';

/** What became of a template in place of an answer. */
export type TemplateResult =
  | { readonly type: 'accepted' }
  /** Certainly not taken, or taken and not shown twice: tried again later. */
  | { readonly type: 'retry'; readonly afterMs: number; readonly counts: SendRetries }
  | { readonly type: 'refused'; readonly detail: string; readonly refusal: ReturnType<typeof refusalOf> }
  | { readonly type: 'ambiguous'; readonly detail: string }
  /** Another process took the work. */
  | { readonly type: 'conflict' };

const TEMPLATE_PATH = '/cgi-bin/message/template/send';
const NOTICE_PATH = '/cgi-bin/message/subscribe/bizsend';
/** Within these WeChat knows a template message again by its `client_msg_id`, for ten minutes. */
const MAX_FAILURES = 5;
const BACKOFF_MS = 2_000;

/**
 * Sends the account's template to the user of late work, with an intent noted durably before, as before any message.
 * A template message carries the push's id, so it goes out once however often it is sent; a notice does not.
 */
export async function sendTemplate(delivery: Delivery, template: LateTemplate): Promise<TemplateResult> {
  const { api } = delivery.account;
  let token: AccessToken;
  try {
    token = await api.tokens.get();
  } catch (error) {
    return onFailure(delivery, template, error);
  }
  if (!(await delivery.change(recordIntent))) return { type: 'conflict' };
  const { type, templateId, url, miniprogram } = template;
  const { job, deps } = delivery;
  const message = {
    touser: toOpenId(job.user),
    template_id: templateId,
    data: fillTemplate(template, {
      messages: delivery.unsent,
      handler: job.handler,
      atMs: deps.clock.now(),
    }),
    ...(miniprogram !== undefined && { miniprogram }),
  };
  try {
    if (type === 'template')
      await api.templates.send(
        { ...message, ...(url !== undefined && { url }), client_msg_id: job.pushId },
        { token },
      );
    else await api.notices.send({ ...message, ...(url !== undefined && { page: url }) }, { token });
  } catch (error) {
    return onFailure(delivery, template, error);
  }
  return { type: 'accepted' };
}

function onFailure({ deps, job, retries }: Delivery, { type }: LateTemplate, error: unknown): TemplateResult {
  const { failures, waits } = retries;
  const sendPath = type === 'template' ? TEMPLATE_PATH : NOTICE_PATH;
  const at = { nowMs: deps.clock.now(), pushedAtMs: job.receivedAtMs, sendPath };
  const next = decideRetry(error, { failures, waits }, at, deps.random);
  const retry = (afterMs: number, counts: SendRetries): TemplateResult => {
    const about = { err: error, pushId: job.pushId, ...counts, afterMs };
    deps.log.warn(about, `a ${type} in place of a late answer was not taken; it is tried again`);
    return { type: 'retry', afterMs, counts };
  };
  switch (next.type) {
    case 'retry':
      return retry(next.afterMs, next.retries);
    case 'dead':
      return { type: 'refused', detail: next.detail, refusal: refusalOf(error) };
    case 'ambiguous':
      return type === 'template' && failures < MAX_FAILURES
        ? retry(BACKOFF_MS * 2 ** failures, { failures: failures + 1, waits })
        : next;
    default:
      return next satisfies never;
  }
}
