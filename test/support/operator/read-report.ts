/** The labels of a problem report, by what they stand for. */
const LABELS = {
  zh: {
    scene: '场景',
    path: '接口',
    appId: 'AppID',
    originalId: '原始ID',
    user: 'OpenID',
    time: '时间',
    errcode: 'errcode',
    errmsg: 'errmsg',
    meaning: '错误说明',
    rid: 'rid',
    ridTime: 'rid 对应时间',
    accessPoint: '接入点',
    address: '出口 IP',
    push: '相关推送',
    handler: '处理模块',
    detail: '说明',
    often: '频率',
    reproduce: '复现方法',
    advice: '本服务的建议',
    versions: '版本',
    ridAnswer: 'rid 查询结果',
  },
  en: {
    scene: 'Scene',
    path: 'API',
    appId: 'AppID',
    originalId: 'Original ID',
    user: 'OpenID',
    time: 'Time',
    errcode: 'errcode',
    errmsg: 'errmsg',
    meaning: 'Meaning',
    rid: 'rid',
    ridTime: 'Time of the rid',
    accessPoint: 'Access point',
    address: 'Outgoing IP',
    push: 'Push',
    handler: 'Handler',
    detail: 'Detail',
    often: 'How often',
    reproduce: 'To reproduce',
    advice: 'Advice of this server',
    versions: 'Versions',
    ridAnswer: 'Answer of rid/get',
  },
} as const;

export type ReportLanguage = keyof typeof LABELS;
type Field = keyof (typeof LABELS)['zh'];

/** A problem report as WeChat's support reads it: what stands behind each label. @throws on a line without a label */
export function readReport(text: string, language: ReportLanguage): Partial<Record<Field, string>> {
  const fields: Partial<Record<Field, string>> = {};
  const mark = language === 'zh' ? '：' : ': ';
  let last: Field | undefined;
  for (const line of text.trimEnd().split('\n')) {
    const [field] = Object.entries(LABELS[language]).find(([, label]) => line.startsWith(label + mark)) ?? [];
    if (isField(field)) {
      last = field;
      fields[field] = line.slice(LABELS[language][field].length + mark.length);
    } else if (last === 'ridAnswer') fields.ridAnswer += line;
    else throw new Error(`no line of a report: ${line}`);
  }
  return fields;
}

const isField = (name: string | undefined): name is Field => name !== undefined && name in LABELS.zh;

/** `2026-12-01 08:00:00`, which is Beijing's time, as Unix ms. */
export function beijingMs(text = ''): number {
  const [, date, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text) ?? [];
  return Date.parse(`${date}T${time}+08:00`);
}
