import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';

/** Finds out why a callback does not work. */
export const doctor: Command = {
  name: 'doctor',
  summary: {
    en: 'finds out what is wrong with the callback, first things first (诊断)',
    zh: '诊断回调哪里有问题，先说最要紧的',
  },
  usage: {
    en: `Usage: wechat-callback doctor [--url URL] [--account NAME] [--lang zh|en] [--json]

Sends WeChat's GET and POST to the callback URL, compares the result with the configuration here and with the running
server, and makes a few cheap calls to WeChat's API. First lists what it is going to do. No handler runs, no message is sent.

  --url      the callback URL as entered in the console (default: PUBLIC_URL and the path of the account)
  --account  name or AppID of the account (default: the first)
  --lang     zh or en (default: by LANG)
  --json     { ok, first, steps: [{ id, state: ok|fault|warning|skipped, says, cure, ms }] }

docs/troubleshooting.md lists symptoms by step. Exit codes: 0 nothing is wrong, 1 something is, 2 usage.`,
    zh: `用法：wechat-callback doctor [--url URL] [--account 名称] [--lang zh|en] [--json]

像微信一样对回调 URL 发 GET 和 POST，和这里的配置、正在运行的服务对照，再向微信的接口发几个几乎不占额度的请求。会
先说明要访问什么。不运行处理模块，不发消息。

  --url      公众号后台里填写的回调 URL（默认：PUBLIC_URL 加上账号的路径）
  --account  账号的名称或 AppID（默认第一个）
  --lang     zh 或 en（默认看 LANG）
  --json     { ok, first, steps: [{ id, state: ok|fault|warning|skipped, says, cure, ms }] }

docs/zh/troubleshooting.md 按步骤列出各种现象。退出码：0 没有问题，1 有问题，2 用法错误。`,
  },

  async run(args, terminal) {
    const { values } = parseOptions(args, {
      url: { type: 'string' },
      account: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const { language } = terminal;
    const url = values.url === undefined ? undefined : readUrl(values.url);
    // Loaded here, so that the other commands start without it.
    const { createHttpClient } = await import('../../adapters/http/http-client.js');
    const { loadDotEnv } = await import('../../config/config.js');
    const { systemClock } = await import('../../ports/clock.js');
    const { announce } = await import('./announce.js');
    const { readSettings } = await import('./collect-facts.js');
    const { diagnose } = await import('./diagnose.js');
    const { diagnosisJson, renderDiagnosis } = await import('./render.js');
    const { watchForExit } = await import('../../unexpected-exit.js');
    loadDotEnv();
    const request = {
      env: process.env,
      ...(url !== undefined && { url }),
      ...(values.account !== undefined && { account: values.account }),
    };
    const settings = readSettings(request);
    const notice = announce(settings, request, language);
    if (notice !== '') terminal.err(`${notice}\n`);
    const progress = showLook();
    const endWatch =
      'config' in settings
        ? watchForExit(settings.config.handlersDir, {
            error: (_, message) => terminal.err(message),
            flush() {},
          })
        : undefined;
    const diagnosis = await diagnose(
      request,
      {
        http: createHttpClient('config' in settings ? settings.config.proxy : undefined),
        clock: systemClock,
      },
      progress.look,
    ).finally(() => {
      progress.end();
      endWatch?.();
    });
    terminal.out(
      values.json
        ? JSON.stringify(diagnosisJson(diagnosis, language), undefined, 2)
        : renderDiagnosis(diagnosis, language),
    );
    return diagnosis.ok ? exitCodes.ok : exitCodes.failed;
  },
};

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new UsageInvalid({
    en: `--url ${text}: an http or https URL, such as https://www.example.com/wechat.`,
    zh: `--url ${text}：应为 http 或 https 的 URL，例如 https://www.example.com/wechat。`,
  });
}

/** Shows the current step on a terminal. */
function showLook(): { readonly look: (id: string) => void; readonly end: () => void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { look: () => {}, end: () => {} };
  return {
    look: (id) => void stderr.write(`\r\u001B[K${id} …`),
    end: () => void stderr.write('\r\u001B[K'),
  };
}
