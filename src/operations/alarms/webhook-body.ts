import { beijingTime } from '../beijing-time.js';
import type { AlarmNotice } from './alarm.js';

/** Format of a webhook, by its host. */
export type WebhookKind = 'wecom' | 'feishu' | 'dingtalk' | 'json';

const HOSTS: ReadonlyMap<string, WebhookKind> = new Map([
  ['qyapi.weixin.qq.com', 'wecom'],
  ['open.feishu.cn', 'feishu'],
  ['open.larksuite.com', 'feishu'],
  ['oapi.dingtalk.com', 'dingtalk'],
  ['api.dingtalk.com', 'dingtalk'],
]);

/** Longest text of a group robot, in UTF-8 bytes. Source: 企业微信群机器人, `text.content` at most 2,048. */
const MAX_TEXT_BYTES = 2_048;

export const webhookKind = (url: string): WebhookKind => HOSTS.get(new URL(url).hostname) ?? 'json';

export interface NoticeContext {
  readonly appId: string;
  /** Name of this machine. */
  readonly host: string;
}

/** Returns the body of a notice in the webhook's format. */
export function webhookBody(kind: WebhookKind, notice: AlarmNotice, context: NoticeContext): object {
  const text = truncate(noticeText(notice, context));
  switch (kind) {
    case 'wecom':
      return { msgtype: 'text', text: { content: text } };
    case 'feishu':
      return { msg_type: 'text', content: { text } };
    case 'dingtalk':
      return { msgtype: 'text', text: { content: text } };
    case 'json':
      return jsonBody(notice, context);
    default:
      return kind satisfies never;
  }
}

function jsonBody({ phase, alarm }: AlarmNotice, { appId, host }: NoticeContext): object {
  const { says, cure, sinceMs, count, about, account, alarm: name } = alarm;
  return {
    alarm: name,
    phase,
    account,
    appId,
    ...(about !== '' && { about }),
    since: new Date(sinceMs).toISOString(),
    count,
    says: says.zh,
    cure: cure.zh,
    en: { says: says.en, cure: cure.en },
    host,
  };
}

const PHASES = { began: '告警', 'goes-on': '告警持续', ended: '告警解除', test: '测试' } as const;

function noticeText({ phase, alarm }: AlarmNotice, { appId, host }: NoticeContext): string {
  const { says, cure, account, alarm: name, sinceMs } = alarm;
  const whose = account === '' ? '' : `账号 ${account}（${appId}）`;
  const lines = [
    `【公众号回调${PHASES[phase]}】${name} ${whose}`.trimEnd(),
    says.zh,
    ...(phase === 'ended' ? [] : [`处理：${cure.zh}`]),
    `开始于 ${beijingTime(sinceMs)}，主机 ${host}`,
  ];
  return lines.join('\n');
}

function truncate(text: string): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_TEXT_BYTES) return text.slice(0, end);
    end += character.length;
  }
  return text;
}

/** True if the webhook accepted the notice. Group robots answer 200 even for a refusal, which is in the body. */
export function isTaken(kind: WebhookKind, status: number, body: string): boolean {
  if (status < 200 || status > 299) return false;
  if (kind === 'json') return true;
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null) return false;
    const code: unknown = Reflect.get(answer, kind === 'feishu' ? 'code' : 'errcode');
    return code === 0 || (kind === 'feishu' && Reflect.get(answer, 'StatusCode') === 0);
  } catch {
    return false;
  }
}
