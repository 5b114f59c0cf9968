import { ridTime, adviceFor, ERRCODES } from '../../protocol/errcodes.js';
import { beijingTime } from '../beijing-time.js';
import type { ListedTrouble } from './trouble.js';

export type ReportLanguage = 'zh' | 'en';

/** What the report says beside the trouble itself. */
export interface ReportContext {
  readonly version: string;
  readonly node: string;
  /** The official name of an API, by path. */
  readonly officialName: (path: string) => { readonly zh: string; readonly en: string } | undefined;
  /** Our address as WeChat sees it, where it is known. */
  readonly outgoingAddress?: string;
  /** What `openapi/rid/get` says of the rid, where it was asked. */
  readonly ridAnswer?: object;
}

/**
 * The text to paste into WeChat's 反馈信息: scene in the official words, AppID, OpenID, time, errcode, rid, how often, how
 * to reproduce. Source: 关于反馈问题.
 */
export function reportText(trouble: ListedTrouble, language: ReportLanguage, context: ReportContext): string {
  const words = WORDS[language];
  const { errcode, rid, sort, what } = trouble;
  const api = sort === 'api' ? context.officialName(what)?.[language] : undefined;
  const scene = sort === 'api' ? (api ?? what) : words.sorts[sort](what);
  const known = errcode === undefined ? undefined : ERRCODES.get(errcode);
  const decoded = rid === undefined ? undefined : ridTime(rid);
  const rows: readonly (readonly [string, string | undefined])[] = [
    [words.scene, scene],
    [words.path, sort === 'api' ? what : undefined],
    ['AppID', trouble.appId || undefined],
    [words.originalId, trouble.originalId],
    ['OpenID', trouble.user],
    [words.time, `${beijingTime(trouble.atMs)}${words.zone}`],
    ['errcode', errcode?.toString()],
    ['errmsg', errmsgWithRid(trouble)],
    [words.meaning, known?.[language === 'zh' ? 'zh' : 'text']],
    ['rid', rid],
    [words.ridTime, decoded === undefined ? undefined : `${beijingTime(decoded.getTime())}${words.zone}`],
    [words.accessPoint, trouble.accessPoint],
    [words.address, context.outgoingAddress ?? addressIn(trouble.errmsg)],
    [words.push, trouble.pushId === undefined ? undefined : `${trouble.kind ?? ''} ${trouble.pushId}`.trim()],
    [words.handler, trouble.handler || undefined],
    [words.detail, trouble.detail],
    [words.often, words.since(trouble.count, beijingTime(trouble.firstAtMs))],
    [words.reproduce, sort === 'api' ? words.call(what, trouble.user !== undefined) : words.wait],
    [words.advice, errcode === undefined ? undefined : adviceFor(errcode)],
    [words.versions, `wechat-callback-server ${context.version}, Node ${context.node}`],
    [
      words.ridAnswer,
      context.ridAnswer === undefined ? undefined : `\n${JSON.stringify(context.ridAnswer, null, 2)}`,
    ],
  ];
  const mark = language === 'zh' ? '：' : ': ';
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name}${mark}${value}`])).join('\n');
}

const WORDS = {
  zh: {
    scene: '场景',
    sorts: {
      refusal: (reason: string) => `消息推送-接收推送时被本服务拒绝（${reason}）`,
      'dead-letter': (reason: string) => `客服消息-回复没有送达用户（${reason}）`,
      alarm: (alarm: string) => `消息推送-本服务告警（${alarm}）`,
    },
    path: '接口',
    originalId: '原始ID',
    time: '时间',
    zone: '（北京时间）',
    meaning: '错误说明',
    ridTime: 'rid 对应时间',
    accessPoint: '接入点',
    address: '出口 IP',
    push: '相关推送',
    handler: '处理模块',
    detail: '说明',
    often: '频率',
    since: (count: number, first: string) => `${count} 次，首次出现于 ${first}（北京时间）`,
    reproduce: '复现方法',
    call: (path: string, toUser: boolean) =>
      `POST https://api.weixin.qq.com${path}?access_token=***，请求体${toUser ? '含上述 OpenID，' : ''}内容已隐去`,
    wait: '等待微信的同类推送；推送内容已隐去',
    advice: '本服务的建议',
    versions: '版本',
    ridAnswer: 'rid 查询结果',
  },
  en: {
    scene: 'Scene',
    sorts: {
      refusal: (reason: string) => `Message push: a push was refused by this server (${reason})`,
      'dead-letter': (reason: string) => `Customer-service message: an answer reached nobody (${reason})`,
      alarm: (alarm: string) => `Message push: alarm of this server (${alarm})`,
    },
    path: 'API',
    originalId: 'Original ID',
    time: 'Time',
    zone: ' (Beijing)',
    meaning: 'Meaning',
    ridTime: 'Time of the rid',
    accessPoint: 'Access point',
    address: 'Outgoing IP',
    push: 'Push',
    handler: 'Handler',
    detail: 'Detail',
    often: 'How often',
    since: (count: number, first: string) => `${count} times, first at ${first} (Beijing)`,
    reproduce: 'To reproduce',
    call: (path: string, toUser: boolean) =>
      `POST https://api.weixin.qq.com${path}?access_token=***, body ${toUser ? 'with the OpenID above, ' : ''}content left out`,
    wait: 'wait for a push of the same kind; its content is left out',
    advice: 'Advice of this server',
    versions: 'Versions',
    ridAnswer: 'Answer of rid/get',
  },
} as const;

/** errmsg in full: the rid is part of it where WeChat sent one. */
function errmsgWithRid({ errmsg, rid }: ListedTrouble): string | undefined {
  if (errmsg === undefined) return undefined;
  return rid === undefined || errmsg.includes(rid) ? errmsg : `${errmsg} rid: ${rid}`;
}

/** 40164 names the address that is not on the whitelist. */
function addressIn(errmsg: string | undefined): string | undefined {
  return /\b(\d{1,3}(?:\.\d{1,3}){3})\b/.exec(errmsg ?? '')?.[1];
}
