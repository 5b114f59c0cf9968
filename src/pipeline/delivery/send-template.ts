import type { DeferredJob } from '../../ports/deferred-queue.js';
import { toOpenId, type AccessToken } from '../../protocol/ids.js';
import { fillTemplate, type LateTemplate } from '../../protocol/late-template.js';
import type { Messages } from '../../push-record/push-record.js';
import type { Account } from '../account.js';

/** API paths that send a template. A failure of any other call means that nothing was sent. */
export const TEMPLATE_PATHS = {
  template: '/cgi-bin/message/template/send',
  subscription: '/cgi-bin/message/subscribe/bizsend',
} as const;

/** Sends a template message in place of a late answer. @throws as the API does */
export async function sendTemplate(
  { api }: Account,
  template: LateTemplate,
  job: DeferredJob,
  about: { readonly messages: Messages; readonly token: AccessToken; readonly atMs: number },
): Promise<void> {
  const { type, templateId, url, miniprogram } = template;
  const { messages, token, atMs } = about;
  const message = {
    touser: toOpenId(job.user),
    template_id: templateId,
    data: fillTemplate(template, { messages, handler: job.handler, atMs }),
    ...(miniprogram !== undefined && { miniprogram }),
  };
  if (type === 'template')
    await api.templates.send(
      { ...message, ...(url !== undefined && { url }), client_msg_id: job.pushId },
      { token },
    );
  else await api.notices.send({ ...message, ...(url !== undefined && { page: url }) }, { token });
}
