import { suggestName } from '../config/suggest-name.js';
import { isEncodingAesKey } from '../protocol/encoding-aes-key.js';
import type { CipherMode } from '../protocol/cipher-mode.js';
import type { Language } from '../protocol/words.js';
import { reportJson, reportJunit } from '../sandbox/conformance/report-formats.js';
import { listText, reportText } from '../sandbox/conformance/report-text.js';
import { applies, type Rule } from '../sandbox/conformance/rule.js';
import { rules } from '../sandbox/conformance/rules.js';
import { conforms, type Report } from '../sandbox/conformance/report.js';
import { runRules } from '../sandbox/conformance/run-rules.js';
import { createTarget, type Target } from '../sandbox/conformance/target.js';
import { AppError } from '../protocol/app-error.js';
import { packageVersion } from '../package-version.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';
import { readSecrets, secretOptions } from './read-secrets.js';

const options = {
  ...secretOptions['aes-key'],
  'app-id': { type: 'string' },
  'cloud-hosting': { type: 'boolean', default: false },
  echo: { type: 'string', default: '' },
  format: { type: 'string', default: 'text' },
  list: { type: 'boolean', default: false },
  mode: { type: 'string' },
  only: { type: 'string', multiple: true, default: [] as string[] },
  'original-id': { type: 'string' },
  seconds: { type: 'string', default: '55' },
  ...secretOptions.token,
} as const;

/** No server listens at the URL, so no rule can be judged. */
class TargetUnreachable extends AppError {
  readonly code = 'target_unreachable';
}

/** Checks any callback server against WeChat's rules. */
export const conformance: Command = {
  name: 'conformance',
  summary: {
    en: 'checks any callback server against the rules of the platform',
    zh: '检查任意一个回调服务是否符合平台的规则',
  },
  usage: {
    en: `Usage: wechat-callback conformance <URL> --token TEXT [--aes-key KEY --app-id ID] [options]

Acts as WeChat, and as some strangers, towards a callback server and reports which of the platform's rules it keeps.
The server gets some 400 requests from users that do not exist; use a test account. --list prints the rules.

  --token TEXT        the callback token of the account; "-" reads it from standard input, --token-file FILE from a
                      file; --aes-key likewise
  --aes-key KEY       its EncodingAESKey, 43 letters and digits; means safe mode unless --mode says otherwise
  --app-id ID         its AppID; goes with --aes-key
  --mode MODE         plaintext, compatible or safe: the mode that the server is configured for
  --original-id ID    its gh_ id, for servers that compare ToUserName
  --echo TEXT         put before every text, for servers that repeat only some: with "echo ", "echo 007" is sent
  --cloud-hosting     send the probe of WeChat's cloud hosting (微信云托管), too; it is not signed
  --seconds N         how long the whole run may take; 55
  --only RULE         check this rule; may be repeated
  --format FORMAT     text, json or junit
  --list              print the rules instead of checking them

Exit codes: 0 every rule of level must is kept, 1 otherwise, 2 usage.`,
    zh: `用法：wechat-callback conformance <URL> --token TEXT [--aes-key KEY --app-id ID] [选项]

模拟微信和几个陌生人向一个回调服务发请求，检查它遵守平台的哪些规则。服务会收到大约 400 个来自虚构用户的请求，请用
测试账号。用 --list 列出规则。

  --token TEXT        账号的 Token；写 "-" 就从标准输入读，--token-file FILE 从文件读；--aes-key 也一样
  --aes-key KEY       账号的 EncodingAESKey，43 个字母或数字；没有 --mode 时表示安全模式
  --app-id ID         账号的 AppID，和 --aes-key 一起用
  --mode MODE         服务所配置的模式：plaintext（明文模式）、compatible（兼容模式）或 safe（安全模式）
  --original-id ID    账号的原始 ID（gh_…），供核对 ToUserName 的服务使用
  --echo TEXT         加在每条文本之前，供只复读部分文本的服务使用：填 "echo " 就发送 "echo 007"
  --cloud-hosting     也发送微信云托管的探测请求，这种请求没有签名
  --seconds N         整个检查最多用多少秒，默认 55
  --only RULE         只检查这一条规则；可以写多个
  --format FORMAT     text、json 或 junit
  --list              只列出规则，不检查

退出码：0 must 级的规则全部符合，1 有不符合的，2 用法错误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, options, { positionals: 1 });
    const chosen = chosenRules(values.only);
    if (values.list) {
      terminal.out(listText(chosen, terminal.language));
      return exitCodes.ok;
    }
    const write = writerOf(values.format, terminal.language);
    const target = targetFrom(positionals[0], {
      ...values,
      ...(await readSecrets(['token', 'aes-key'], values)),
    });
    if (!chosen.some((rule) => applies(rule, target)))
      throw new UsageInvalid({
        en: `None of these rules applies in ${target.mode} mode.`,
        zh: `这些规则在 ${target.mode} 模式下都不适用。`,
      });
    const report = await runRules(chosen, target, showProgress(terminal.language));
    // Programs read a report whatever happened; a person reads one sentence.
    if (report.stop?.type === 'unreachable' && values.format === 'text')
      throw new TargetUnreachable(report.stop.because);
    terminal.out(write(report));
    return conforms(report) ? exitCodes.ok : exitCodes.failed;
  },
};

function chosenRules(ids: readonly string[]): readonly Rule[] {
  const known = rules.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown === undefined) return ids.length === 0 ? rules : rules.filter(({ id }) => ids.includes(id));
  const nearest = suggestName(unknown, known, 4);
  throw new UsageInvalid({
    en: `There is no rule ${unknown}; --list prints them.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    zh: `没有 ${unknown} 这条规则，用 --list 列出全部规则。${nearest === undefined ? '' : `是不是 ${nearest}？`}`,
  });
}

function writerOf(format: string, language: Language): (report: Report) => string {
  switch (format) {
    case 'text':
      return (report) => reportText(report, language);
    case 'json':
      return (report) => reportJson(report, packageVersion());
    case 'junit':
      return reportJunit;
    default:
      throw new UsageInvalid({
        en: `--format ${format} does not exist: text, json or junit.`,
        zh: `没有 --format ${format} 这种格式，可用的是 text、json、junit。`,
      });
  }
}

interface Given {
  readonly token?: string;
  readonly 'aes-key'?: string;
  readonly 'app-id'?: string;
  readonly mode?: string;
  readonly 'original-id'?: string;
  readonly echo: string;
  readonly 'cloud-hosting': boolean;
  readonly seconds: string;
}

function targetFrom(url: string | undefined, values: Given): Target {
  if (url === undefined)
    throw new UsageInvalid({ en: 'Which server? Name its URL.', zh: '要检查哪个服务？请写上它的 URL。' });
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageInvalid({ en: `${url} is not an http(s) URL.`, zh: `${url} 不是 http(s) URL。` });
  if (values.token === undefined || values.token === '')
    throw new UsageInvalid({ en: '--token is missing.', zh: '没有写 --token。' });
  const key = values['aes-key'];
  return createTarget({
    url: new URL(url),
    token: values.token,
    mode: modeFrom(values.mode ?? (key === undefined ? 'plaintext' : 'safe'), key, values['app-id']),
    ...(key !== undefined && { encodingAesKey: key }),
    ...(values['app-id'] !== undefined && { appId: values['app-id'] }),
    ...(values['original-id'] !== undefined && { account: values['original-id'] }),
    echoPrefix: values.echo,
    cloudHosting: values['cloud-hosting'],
    budgetMs: millisecondsFrom(values.seconds),
  });
}

function millisecondsFrom(seconds: string): number {
  if (!/^[1-9]\d{0,3}$/.test(seconds))
    throw new UsageInvalid({
      en: `--seconds ${seconds}: a whole number from 1 to 9999 is expected.`,
      zh: `--seconds ${seconds}：应为 1 到 9999 的整数。`,
    });
  return Number(seconds) * 1000;
}

function modeFrom(mode: string, key: string | undefined, appId: string | undefined): CipherMode {
  if (mode !== 'plaintext' && mode !== 'compatible' && mode !== 'safe')
    throw new UsageInvalid({
      en: `--mode ${mode} does not exist: plaintext, compatible or safe.`,
      zh: `没有 --mode ${mode} 这种模式，可用的是 plaintext（明文模式）、compatible（兼容模式）、safe（安全模式）。`,
    });
  if (key !== undefined && !isEncodingAesKey(key))
    throw new UsageInvalid({
      en: `--aes-key has ${key.length} characters; it is 43 letters and digits.`,
      zh: `--aes-key 有 ${key.length} 个字符，应为 43 个字母或数字。`,
    });
  if (mode !== 'plaintext' && (key === undefined || appId === undefined))
    throw new UsageInvalid({
      en: `${mode} mode needs --aes-key and --app-id.`,
      zh: `${mode} 模式需要 --aes-key 和 --app-id。`,
    });
  return mode;
}

/** Shows a progress line on a terminal. */
function showProgress(language: Language): (done: number, all: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const startMs = performance.now();
  return (done, all) => {
    const leftS = Math.ceil(((performance.now() - startMs) / done / 1000) * (all - done));
    const line = {
      en: `${done} of ${all} rules, about ${leftS} s left`,
      zh: `${done}/${all} 条规则，大约还要 ${leftS} 秒`,
    };
    stderr.write(done === all ? '\r\u001B[K' : `\r\u001B[K${line[language]}`);
  };
}
