import { ridTime, adviceFor, ERRCODES } from '../../protocol/errcodes.js';
import type { Language } from '../../protocol/words.js';
import { beijingTime } from '../beijing-time.js';
import { DEAD_LETTER_CAUSES } from './dead-letter-causes.js';
import type { ListedTrouble } from './trouble.js';

export type ReportLanguage = Language;

/** Facts that the report adds to the trouble itself. */
export interface ReportContext {
  readonly version: string;
  readonly node: string;
  /** The official name of an API, by path. */
  readonly officialName: (path: string) => { readonly zh: string; readonly en: string } | undefined;
  /** Our address as WeChat sees it, if known. */
  readonly outgoingAddress?: string;
  /** Redacted answer of `openapi/rid/get` about the rid; absent if it was not called. */
  readonly ridAnswer?: object;
}

/**
 * Returns the text for WeChat's 反馈信息: scene in the official terms, AppID, OpenID, time, errcode, rid, frequency, steps
 * to reproduce. Source: 关于反馈问题.
 */
export function reportText(trouble: ListedTrouble, language: ReportLanguage, context: ReportContext): string {
  const words = WORDS[language];
  const { errcode, rid, sort, what } = trouble;
  const path = sort === 'api' ? what : trouble.api;
  const scene = sort === 'api' ? (context.officialName(what)?.[language] ?? what) : words.sorts[sort](what);
  const known = errcode === undefined ? undefined : ERRCODES.get(errcode);
  const decoded = rid === undefined ? undefined : ridTime(rid);
  const rows: readonly (readonly [string, string | undefined])[] = [
    [words.scene, scene],
    [words.path, path],
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
    [words.detail, sort === 'dead-letter' ? causeOf(trouble, language) : trouble.detail],
    [words.often, words.since(trouble.count, beijingTime(trouble.firstAtMs))],
    [
      words.reproduce,
      path === undefined
        ? words.wait
        : words.call(
            `${trouble.method ?? 'POST'} https://api.weixin.qq.com${path}`,
            trouble.user !== undefined,
          ),
    ],
    [words.advice, errcode === undefined ? undefined : adviceFor(errcode)[language]],
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
      backend: (fault: string) => `消息推送-转发的后端服务出错（${fault}）`,
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
    call: (url: string, toUser: boolean) =>
      `${url}?access_token=***，请求体${toUser ? '含上述 OpenID，' : ''}内容已隐去`,
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
      backend: (fault: string) => `Message push: a backend that pushes are forwarded to failed (${fault})`,
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
    call: (url: string, toUser: boolean) =>
      `${url}?access_token=***, body ${toUser ? 'with the OpenID above, ' : ''}content left out`,
    wait: 'wait for a push of the same kind; its content is left out',
    advice: 'Advice of this server',
    versions: 'Versions',
    ridAnswer: 'Answer of rid/get',
  },
} as const;

/** Returns why the answer reached nobody. WeChat's refusal has lines of its own. */
function causeOf({ what, detail, errcode }: ListedTrouble, language: ReportLanguage): string | undefined {
  const cause = DEAD_LETTER_CAUSES[language][what];
  if (cause === undefined) return detail;
  if (errcode !== undefined || detail === undefined) return cause;
  return language === 'zh' ? `${cause}（${detail}）` : `${cause} (${detail})`;
}

/** Returns the complete errmsg, including the rid if WeChat sent one. */
function errmsgWithRid({ errmsg, rid }: ListedTrouble): string | undefined {
  if (errmsg === undefined) return undefined;
  return rid === undefined || errmsg.includes(rid) ? errmsg : `${errmsg} rid: ${rid}`;
}

/** Finds the address in errmsg 40164 (not on the whitelist). */
function addressIn(errmsg: string | undefined): string | undefined {
  return /\b(\d{1,3}(?:\.\d{1,3}){3})\b/.exec(errmsg ?? '')?.[1];
}
