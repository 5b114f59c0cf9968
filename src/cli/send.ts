import { randomInt } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readConfigForTrying, type AccountConfig } from '../config/config.js';
import { secretsFrom } from './account-secrets.js';
import { findAccount } from './find-account.js';
import { connectionFailure } from './connection-failure.js';
import { decodeExactly, whyUnreadable } from '../config/text-file.js';
import { suggestName } from '../config/suggest-name.js';
import { pushKinds } from '../protocol/push/push.js';
import { exitCodes, UsageInvalid, type Command, type Terminal } from './command.js';
import { watchHandlerErrors } from './handler-errors.js';
import { kindList } from './kind-list.js';
import { parseOptions } from './parse-options.js';
import { postPush, WECHAT_ATTEMPTS, type ReceivedResponse } from './post-push.js';
import { pushXml } from './push-xml.js';
import { explainResponse } from './explain-response.js';
import { signPush, textOf, type SharedSecrets, type SignedPush } from './sign-push.js';

const options = {
  account: { type: 'string' },
  'aes-key': { type: 'string' },
  'app-id': { type: 'string' },
  dev: { type: 'boolean', default: false },
  field: { type: 'string', multiple: true, default: [] as string[] },
  list: { type: 'boolean', default: false },
  mode: { type: 'string' },
  nonce: { type: 'string' },
  openid: { type: 'string' },
  show: { type: 'boolean', default: false },
  times: { type: 'string', default: '1' },
  timestamp: { type: 'string' },
  to: { type: 'string' },
  token: { type: 'string' },
  tries: { type: 'string', default: String(WECHAT_ATTEMPTS) },
} as const;

/** Acts as WeChat: signs a push, posts it, and shows the answer. */
export const send: Command = {
  name: 'send',
  summary: {
    en: 'sends a push to a running server, as WeChat would, and shows the answer',
    zh: '像微信一样向运行中的服务发一条推送，并显示应答',
  },
  usage: {
    en: `Usage: wechat-callback send <file | kind> [options]

Signs a push as WeChat does, posts it and shows the decrypted answer. Settings that are not given come from the
environment or .env; if no account is configured, from the test account of "npm run dev".

  <file>            the body, sent byte for byte (XML or JSON), such as fixtures/pushes/message.text.xml
  <kind>            a fresh push, such as message.text, event.click, event.subscribe
  --field Name=text a field of the push, by its wire name; may be repeated. Only with a kind
  --openid TEXT     the sender
  --times N         so many pushes, one after the other; of a kind each is a new one (a fixed MsgId: --field MsgId=…)
  --tries N         default 3, as WeChat does it: a push that is not answered within 5 s is sent again
  --list            lists all kinds of pushes
  --show            also prints what is sent
  --to URL          default http://127.0.0.1:<PORT><CALLBACK_PATH>
  --mode MODE       plaintext, compatible or safe
  --token TEXT, --aes-key TEXT, --app-id TEXT, --timestamp SECONDS, --nonce TEXT
  --account NAME    one of several accounts; default: the first
  --dev             the test account of "npm run dev", whatever is configured

Exit codes: 0 every push got an answer that WeChat accepts, 1 otherwise, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback send <文件 | 类型> [选项]

像微信一样给推送签名、发送，然后显示解密后的应答。没有给出的参数取自环境变量或 .env；没有配置账号时，使用
“npm run dev” 的测试账号。

  <文件>            请求体，原样发送（XML 或 JSON），例如 fixtures/pushes/message.text.xml
  <类型>            一条新的推送，例如 message.text、event.click、event.subscribe
  --field 名称=文本 推送的一个字段，用报文里的名称；可以写多个。只能和类型一起用
  --openid TEXT     发送者
  --times N         依次发 N 条；按类型发送时每条都是新的（要固定 MsgId：--field MsgId=…）
  --tries N         默认 3，与微信相同：5 秒内没有应答就重发
  --list            列出全部推送类型
  --show            同时显示发出的内容
  --to URL          默认 http://127.0.0.1:<PORT><CALLBACK_PATH>
  --mode MODE       plaintext（明文模式）、compatible（兼容模式）或 safe（安全模式）
  --token TEXT、--aes-key TEXT、--app-id TEXT、--timestamp SECONDS、--nonce TEXT
  --account NAME    多个账号中的一个；默认第一个
  --dev             不管怎样配置，都用 “npm run dev” 的测试账号

退出码：0 每条推送都得到微信能接受的应答，1 有的没有，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, options, { positionals: 1 });
    if (values.list) {
      terminal.out(kindList(terminal.language));
      return exitCodes.ok;
    }
    const [what] = positionals;
    if (what === undefined)
      throw new UsageInvalid({
        en: 'What should be sent? Name a file or a kind, such as message.text.',
        zh: '要发送什么？请写一个文件，或者一个类型，例如 message.text。',
      });
    const { config } = readConfigForTrying({ development: values.dev });
    const account = findAccount(config, values.account);
    const secrets = secretsFrom(values, account);
    const port = config.public.port;
    const to = values.to ?? `http://127.0.0.1:${port}${account.path}`;
    if (!URL.canParse(to) || !/^https?:/.test(to))
      throw new UsageInvalid({
        en: `--to ${to} is not an http(s) URL.`,
        zh: `--to ${to} 不是 http(s) URL。`,
      });
    const fields = new Map(values.field.map(parseField));
    const makePush = pushMaker(what, fields, account, values.openid);
    if (!isFile(what)) warnOfUnknownKind(what, terminal);

    const tries = countOf('--tries', values.tries);
    const errorsSince = await watchHandlerErrors(config);

    let good = true;
    for (let count = countOf('--times', values.times); count > 0; count -= 1) {
      const nowS = Math.floor(Date.now() / 1000);
      const push = makePush(nowS);
      const signed = signPush(
        {
          to,
          push,
          timestamp: values.timestamp ?? String(nowS),
          nonce: values.nonce ?? String(randomInt(100_000_000, 2_000_000_000)),
          user: values.openid ?? textOf(push, 'FromUserName') ?? '',
        },
        secrets,
      );
      if (values.show) terminal.out(shown(push, signed));
      good = (await post(signed, secrets, terminal, tries)) && good;
      const threw = await errorsSince();
      if (threw !== undefined) terminal.err(threw);
    }
    return good ? exitCodes.ok : exitCodes.failed;
  },
};

function parseField(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_][\w.-]*)=([\s\S]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageInvalid({
    en: `--field ${text} is not of the form Name=text.`,
    zh: `--field ${text}：要写成 名称=文本。`,
  });
}

function countOf(option: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageInvalid({
    en: `${option} ${text} is not a number from 1 to 999999.`,
    zh: `${option} ${text}：应为 1 到 999999 的整数。`,
  });
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Warns of an unknown kind, which is usually a typo. It is sent anyway, since WeChat adds kinds without notice. */
function warnOfUnknownKind(kind: string, terminal: Terminal): void {
  if (pushKinds.some((known) => known === kind.toLowerCase())) return;
  const nearest = suggestName(kind, pushKinds, 3);
  terminal.err({
    en: `"${kind}" is not a kind that this server knows; it is sent anyway.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    zh: `"${kind}" 不是本服务认识的类型，照样发送。${nearest === undefined ? '' : `是不是 ${nearest}？`}`,
  });
}

/** Returns a function that makes each push: the same one from a file, or a new one of a kind. */
function pushMaker(
  what: string,
  fields: ReadonlyMap<string, string>,
  account: AccountConfig,
  openId: string | undefined,
): (createTimeS: number) => string {
  if (isFile(what)) {
    if (fields.size > 0)
      throw new UsageInvalid({
        en: '--field goes with a kind, not with a file.',
        zh: '--field 只能和类型一起用，不能和文件一起用。',
      });
    const body = readBody(what);
    return () => body;
  }
  return (createTimeS) =>
    pushXml({
      kind: what,
      fields,
      account: account.originalId ?? 'gh_development1',
      user: openId ?? 'oDevelopmentFollower00000001',
      createTimeS,
      // 17 digits, as in today's pushes: more than a JavaScript number can hold exactly.
      messageId: `2${Date.now()}${randomInt(100, 1000)}`,
    });
}

/** @throws UsageInvalid */
function readBody(file: string): string {
  try {
    return decodeExactly(readFileSync(file));
  } catch (error) {
    const why = whyUnreadable(error);
    throw new UsageInvalid({
      en: `${file} ${why.en}; WeChat only sends UTF-8.`,
      zh: `${file} ${why.zh}；微信只发送 UTF-8。`,
    });
  }
}

const shown = (push: string, { url, body, sealed }: { url: URL; body: string; sealed: boolean }): string =>
  [`POST ${url.href}`, push, ...(sealed && body !== push ? ['Encrypt:', body] : [])].join('\n');

async function post(
  signed: SignedPush,
  secrets: SharedSecrets,
  terminal: Terminal,
  tries: number,
): Promise<boolean> {
  let heard: ReceivedResponse | undefined;
  try {
    heard = await postPush(signed, {
      attempts: tries,
      onSilence: (attemptNumber) =>
        terminal.err(
          attemptNumber < tries
            ? {
                en: `No answer within 5 s; WeChat tries again: try ${attemptNumber + 1} of ${tries}.`,
                zh: `5 秒内没有应答；微信会重试：第 ${attemptNumber + 1} 次，共 ${tries} 次。`,
              }
            : { en: 'No answer within 5 s.', zh: '5 秒内没有应答。' },
        ),
    });
  } catch (error) {
    const why = connectionFailure(error);
    const from = `${signed.url.origin}${signed.url.pathname}`;
    terminal.err({ en: `No answer from ${from}: ${why.en}`, zh: `${from} 没有应答：${why.zh}` });
    return false;
  }
  if (heard === undefined) {
    terminal.err({
      en: 'No attempt was answered: the follower sees that the service is out of order.',
      zh: '每次都没有应答：用户会看到“该公众号提供的服务出现故障”。',
    });
    return false;
  }
  const { status, text, ms, attemptNumber } = heard;
  const answer = explainResponse(status, text, secrets);
  const reply = answer.reply === undefined ? '' : `\n${answer.reply}`;
  const isFirst = attemptNumber === 1;
  terminal.out({
    en: `${status} in ${ms} ms${isFirst ? '' : ` at try ${attemptNumber}`}: ${answer.explanation.en}${reply}`,
    zh: `${status}，${ms} 毫秒${isFirst ? '' : `，第 ${attemptNumber} 次`}：${answer.explanation.zh}${reply}`,
  });
  return answer.good;
}
