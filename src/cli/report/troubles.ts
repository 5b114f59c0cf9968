import { z } from 'zod';
import { OFFICIAL_NAMES } from '../../api/catalogue/official-names.js';
import { createApp } from '../../app.js';
import { readConfigForTrying } from '../../config/config.js';
import { beijingTime } from '../../operations/beijing-time.js';
import { redactRidRecord } from '../../operations/troubles/rid-answer.js';
import { reportText, type ReportLanguage } from '../../operations/troubles/report-text.js';
import type { ListedTrouble } from '../../operations/troubles/trouble.js';
import { packageVersion } from '../../package-version.js';
import { withAccountClient } from '../account-client.js';
import { findAdminClient } from '../admin-client.js';
import type { Terminal } from '../command.js';
import { logWarnings } from '../warning-logger.js';
import { formatColumns } from '../table.js';

const text = z.string().exactOptional();
const listedSchema = z.object({
  id: z.string(),
  atMs: z.number(),
  sort: z.enum(['api', 'refusal', 'dead-letter', 'backend', 'alarm']),
  account: z.string(),
  appId: z.string(),
  originalId: text,
  what: z.string(),
  api: text,
  method: text,
  errcode: z.number().exactOptional(),
  errmsg: text,
  rid: text,
  accessPoint: text,
  user: text,
  pushId: text,
  kind: text,
  handler: text,
  detail: text,
  count: z.number(),
  firstAtMs: z.number(),
});
const answerSchema = z.object({ troubles: z.array(listedSchema) });

/** The troubles of the running server; where none runs, those in its store. The newest first. */
export async function readTroubles(terminal: Terminal): Promise<readonly ListedTrouble[]> {
  const { config } = readConfigForTrying();
  const server = await findAdminClient(config);
  if (server !== undefined) return answerSchema.parse(await server.request('GET', '/troubles')).troubles;
  const app = await createApp(config, {
    log: logWarnings(terminal),
    handlers: { handlers: [], observers: [] },
  });
  try {
    return await app.operations.troubles();
  } finally {
    await app.stop();
  }
}

/** One line each: id, time, what, errcode, how many of its kind. */
export function formatTroubles(troubles: readonly ListedTrouble[], language: ReportLanguage): string {
  if (troubles.length === 0)
    return language === 'zh' ? '最近 7 天没有记录到问题。' : 'Nothing went wrong in the last 7 days.';
  const head =
    language === 'zh'
      ? ['编号', '时间（北京）', '问题', '错误码', '同类次数']
      : ['id', 'time (Beijing)', 'what', 'errcode', 'of its kind'];
  return formatColumns([
    head,
    ...troubles.map((trouble) => [
      trouble.id,
      beijingTime(trouble.atMs),
      nameOf(trouble, language),
      trouble.errcode?.toString() ?? '',
      String(trouble.count),
    ]),
  ]);
}

/** Returns the report text. With `askRid` it contains WeChat's record of the rid, or its refusal. */
export async function reportOf(
  trouble: ListedTrouble,
  language: ReportLanguage,
  how: { readonly askRid: boolean; readonly account: string | undefined; readonly terminal: Terminal },
): Promise<string> {
  const { rid } = trouble;
  const asked =
    how.askRid && rid !== undefined
      ? await withAccountClient(how.account ?? trouble.account, how.terminal, (api) =>
          api.quotas.rid({ rid }).then(
            ({ request }) => ({ record: redactRidRecord(request), clientIp: request.client_ip }),
            (error: unknown) => ({ record: { error: String(error) } }),
          ),
        )
      : undefined;
  return reportText(trouble, language, {
    version: packageVersion(),
    node: process.version,
    officialName: (path) => OFFICIAL_NAMES[path],
    ...(asked !== undefined && { ridAnswer: asked.record }),
    ...(asked !== undefined && 'clientIp' in asked && { outgoingAddress: asked.clientIp }),
  });
}

const SORTS = {
  zh: { refusal: '拒绝请求', 'dead-letter': '回复未送达', backend: '后端出错', alarm: '告警' },
  en: { refusal: 'refused', 'dead-letter': 'dead letter', backend: 'backend failed', alarm: 'alarm' },
} as const;

function nameOf({ sort, what }: ListedTrouble, language: ReportLanguage): string {
  if (sort === 'api') return OFFICIAL_NAMES[what]?.[language] ?? what;
  return `${SORTS[language][sort]} ${what}`;
}
