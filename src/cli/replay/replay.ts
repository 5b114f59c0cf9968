import { readConfigForTrying } from '../../config/config.js';
import { secretsFrom } from '../account-secrets.js';
import { findAccount } from '../find-account.js';
import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { showProgress } from '../progress.js';
import { readAge } from '../read-age.js';
import { choosePushes } from './choose-pushes.js';
import { replayPushes } from './replay-pushes.js';
import { ReplayReport } from './replay-report.js';
import { createReplayer } from './send-again.js';

const options = {
  account: { type: 'string' },
  against: { type: 'string' },
  'aes-key': { type: 'string' },
  'app-id': { type: 'string' },
  dev: { type: 'boolean', default: false },
  diff: { type: 'boolean', default: false },
  mode: { type: 'string' },
  since: { type: 'string' },
  speed: { type: 'string', default: '1' },
  strict: { type: 'boolean', default: false },
  token: { type: 'string' },
} as const;

/** Sends recorded pushes (RECORD_DIR) to a server, and compares the answers. */
export const replay: Command = {
  name: 'replay',
  summary: {
    en: 'sends recorded pushes to a server, and shows which answers differ',
    zh: '把录下的推送发给一个服务，看哪些应答不同',
  },
  usage: {
    en: `Usage: wechat-callback replay FILE --against URL [--diff] [--speed N|max] [--since 2h] [options]

Sends the pushes of a recording (RECORD_DIR) to a server, re-signed, each with its own MsgId and CreateTime, so that
no server mistakes them for pushes that it has answered. Pushes of one user are sent one after another, in their order.
A sealed recording needs its RECORD_KEY. Late answers from the server go to the recorded users through its API: replay
against one without AppSecret, or one whose WECHAT_API_BASE_URLS is the sandbox.

  FILE            a file of RECORD_DIR; several: cat RECORD_DIR/*.jsonl > all.jsonl
  --against URL   the callback, such as http://127.0.0.1:8080/wechat
  --diff          shows each answer that differs from the recorded one, apart from its CreateTime; of a recording with
                  stand-ins, kind and shape of the answers are compared
  --speed N|max   default 1: with the recorded pauses; 10: ten times as fast; max: without pauses
  --since AGE     only what was recorded in the last 30m, 2h, 3d, or since a time such as 2026-05-01T08:00
  --strict        stops at a damaged line instead of naming it and going on
  --account NAME  the recorded account, default: that of the first line; pushes are signed with its settings, if it is configured here
  --mode MODE, --token TEXT, --aes-key TEXT, --app-id TEXT   of the server; default: the settings here
  --dev           the test account of "npm run dev", whatever is configured

Exit codes: 0 every push was answered, with --diff as recorded; 1 otherwise; 2 usage; 78 configuration.`,
    zh: `用法：wechat-callback replay 文件 --against URL [--diff] [--speed N|max] [--since 2h] [选项]

把录制（RECORD_DIR）里的推送发给一个服务，重新签名，每条换上新的 MsgId 和 CreateTime，所以服务不会把它们当成已经应答过的
推送。同一个用户的推送按原来的先后逐条发送。加密的录制需要它的 RECORD_KEY。服务延后的回复会通过接口发给录制里的用户：
请对一个没有 AppSecret 的服务回放，或者让它的 WECHAT_API_BASE_URLS 指向沙箱。

  文件            RECORD_DIR 里的一个文件；多个：cat RECORD_DIR/*.jsonl > all.jsonl
  --against URL   回调 URL，例如 http://127.0.0.1:8080/wechat
  --diff          显示每个与录制不同的应答，CreateTime 除外；录制里是替代文本时，比较应答的类型和形式
  --speed N|max   默认 1：按录制时的间隔；10：快十倍；max：不停顿
  --since AGE     只要最近 30m、2h、3d 录下的，或某个时间之后的，例如 2026-05-01T08:00
  --strict        遇到损坏的行就停止；默认是指出来，然后继续
  --account NAME  录制里的账号，默认是第一行的账号；这里配置了这个账号时，用它的设置签名
  --mode MODE、--token TEXT、--aes-key TEXT、--app-id TEXT   服务的参数；默认用这里的配置
  --dev           不管怎样配置，都用 “npm run dev” 的测试账号

退出码：0 每条推送都有应答，加 --diff 时都与录制相同；1 其他情况；2 用法错误；78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, options, { positionals: 1 });
    const [file] = positionals;
    if (file === undefined)
      throw new UsageInvalid({
        en: 'Which recording? Name a file of RECORD_DIR.',
        zh: '要回放哪个录制？请写 RECORD_DIR 里的一个文件。',
      });
    const to = readTarget(values.against);
    const speed = readSpeed(values.speed);
    const sinceMs = values.since === undefined ? undefined : readSince(values.since);
    const { config } = readConfigForTrying({ development: values.dev });
    const isConfigured = config.accounts.some(({ name }) => name === values.account);
    const account = findAccount(config, isConfigured ? values.account : undefined);
    const secrets = secretsFrom(values, account);

    const report = new ReplayReport(terminal, values.diff);
    const sendAgain = createReplayer({ to, secrets, originalId: account.originalId });
    const chosen = choosePushes(file, {
      key: config.recording.key,
      appId: secrets.appId,
      account: values.account,
      sinceMs,
      isStrict: values.strict,
      report,
    });
    const progress = showProgress({ en: 'attempts', zh: '次' }, terminal.language);
    try {
      await replayPushes(chosen, speed, async (attempt) => {
        report.add(attempt, await sendAgain(attempt));
        progress.update(report.sent, undefined);
      });
    } finally {
      progress.stop();
    }
    return report.close() ? exitCodes.ok : exitCodes.failed;
  },
};

function readTarget(url: string | undefined): string {
  if (url === undefined)
    throw new UsageInvalid({
      en: '--against is missing: the URL of the callback to replay to.',
      zh: '没有写 --against：要回放到哪个回调 URL。',
    });
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new UsageInvalid({
    en: `--against ${url} is not an http(s) URL.`,
    zh: `--against ${url} 不是 http(s) URL。`,
  });
}

function readSpeed(text: string): number {
  if (text === 'max') return Infinity;
  const speed = /^\d{1,6}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (speed > 0) return speed;
  throw new UsageInvalid({
    en: `--speed ${text}: a number above 0, such as 1 or 10, or max.`,
    zh: `--speed ${text}：应为大于 0 的数，例如 1 或 10，或者 max。`,
  });
}

/** Parses an age or a time to Unix ms. */
function readSince(text: string): number {
  const momentMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(momentMs) ? Date.now() - readAge(text) : momentMs;
}
