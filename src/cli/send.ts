import { randomInt } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readConfigForTrying, type AccountConfig } from '../config.js';
import { isEncodingAesKey } from '../protocol/cipher.js';
import { decodeExactly, whyUnreadable } from '../config/text-file.js';
import { suggestName } from '../config/suggest-name.js';
import { pushKinds } from '../protocol/push.js';
import { exitCodes, UsageInvalid, type Command, type Terminal } from './command.js';
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

/** Plays WeChat: signs a push, posts it, shows the answer. */
export const send: Command = {
  name: 'send',
  summary: 'sends a push to a running server, as WeChat would, and shows the answer',
  usage: `Usage: wechat-callback send <file | kind> [options]

Signs a push as WeChat does, posts it and shows the answer, opened. What is not given comes from the environment or
.env; where no account is configured, from the test account of "npm run dev".

  <file>            the body, sent byte for byte (XML or JSON), such as fixtures/pushes/message.text.xml
  <kind>            a fresh push, such as message.text, event.click, event.subscribe
  --field Name=text a field of the push, by its wire name; may be repeated. Only with a kind
  --openid TEXT     the sender
  --times N         so many pushes, one after the other; of a kind each is a new one (a fixed MsgId: --field MsgId=…)
  --tries N         default 3, as WeChat does it: a push that is not answered within 5 s is sent again
  --show            also prints what is sent
  --to URL          default http://127.0.0.1:<PORT><CALLBACK_PATH>
  --mode MODE       plaintext, compatible or safe
  --token TEXT, --aes-key TEXT, --app-id TEXT, --timestamp SECONDS, --nonce TEXT
  --account NAME    one of several accounts; default: the first
  --dev             the test account of "npm run dev", whatever is configured

Exit codes: 0 every push got an answer that WeChat takes, 1 not so, 2 usage, 78 configuration.`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, options, { positionals: 1 });
    const [what] = positionals;
    if (what === undefined)
      throw new UsageInvalid('What is to be sent? Name a file or a kind, such as message.text.');
    const { config } = readConfigForTrying({ development: values.dev });
    const account = accountNamed(values.account, config.accounts);
    const secrets = secretsFrom(values, account);
    const port = config.public.port;
    const to = values.to ?? `http://127.0.0.1:${port}${account.path}`;
    if (!URL.canParse(to) || !/^https?:/.test(to)) throw new UsageInvalid(`--to ${to} is no http(s) URL.`);
    const fields = new Map(values.field.map(parseField));
    const makePush = pushMaker(what, fields, account, values.openid);
    if (!isFile(what)) warnOfUnknownKind(what, terminal);

    const tries = countOf('--tries', values.tries);

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
    }
    return good ? exitCodes.ok : exitCodes.failed;
  },
};

function accountNamed(name: string | undefined, accounts: readonly AccountConfig[]): AccountConfig {
  const account = name === undefined ? accounts[0] : accounts.find((candidate) => candidate.name === name);
  if (account !== undefined) return account;
  throw new UsageInvalid(
    `--account ${name} does not exist: ${accounts.map((known) => known.name).join(', ')}.`,
  );
}

function secretsFrom(
  values: { mode?: string; token?: string; 'aes-key'?: string; 'app-id'?: string },
  account: AccountConfig,
): SharedSecrets {
  const { mode = account.cipherMode } = values;
  if (mode !== 'plaintext' && mode !== 'compatible' && mode !== 'safe') {
    throw new UsageInvalid(`--mode ${mode} does not exist: plaintext, compatible or safe.`);
  }
  const encodingAesKey = values['aes-key'] ?? account.encodingAesKeys[0];
  if (encodingAesKey === undefined ? mode !== 'plaintext' : !isEncodingAesKey(encodingAesKey)) {
    const length = encodingAesKey === undefined ? 'is missing' : `has ${encodingAesKey.length} characters`;
    throw new UsageInvalid(
      `The key ${length}; ${mode} mode needs --aes-key with exactly 43 letters and digits.`,
    );
  }
  return {
    appId: values['app-id'] ?? account.appId,
    token: values.token ?? account.tokens[0],
    encodingAesKey,
    mode,
  };
}

function parseField(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_][\w.-]*)=([\s\S]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageInvalid(`--field ${text} is not of the form Name=text.`);
}

function countOf(option: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageInvalid(`${option} ${text} is no number from 1 to 999999.`);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Such a push is worth sending, since WeChat invents kinds without notice; but most often it is a slip. */
function warnOfUnknownKind(kind: string, terminal: Terminal): void {
  if (pushKinds.some((known) => known === kind.toLowerCase())) return;
  const nearest = suggestName(kind, pushKinds, 3);
  const hint = nearest === undefined ? '' : ` Is ${nearest} meant?`;
  terminal.err(`"${kind}" is no kind that this server knows; it is sent all the same.${hint}`);
}

/** A function that makes one push after the other: the same one from a file, a new one of a kind. */
function pushMaker(
  what: string,
  fields: ReadonlyMap<string, string>,
  account: AccountConfig,
  openId: string | undefined,
): (createTimeS: number) => string {
  if (isFile(what)) {
    if (fields.size > 0) throw new UsageInvalid('--field goes with a kind, not with a file.');
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
      // 17 digits, as today's are; beyond what a JavaScript number holds exactly.
      messageId: `2${Date.now()}${randomInt(100, 1000)}`,
    });
}

/** @throws UsageInvalid */
function readBody(file: string): string {
  try {
    return decodeExactly(readFileSync(file));
  } catch (error) {
    throw new UsageInvalid(`${file} ${whyUnreadable(error)}; WeChat sends UTF-8 only.`);
  }
}

const shown = (push: string, { url, body, sealed }: { url: URL; body: string; sealed: boolean }): string =>
  [`POST ${url.href}`, push, ...(sealed && body !== push ? ['sealed as:', body] : [])].join('\n');

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
          `No answer within 5 s${attemptNumber < tries ? `; WeChat tries again: try ${attemptNumber + 1} of ${tries}` : ''}.`,
        ),
    });
  } catch (error) {
    terminal.err(`No answer from ${signed.url.origin}${signed.url.pathname}: ${reasonFor(error)}`);
    return false;
  }
  if (heard === undefined) {
    terminal.err('No try was answered: the follower sees that the account is out of order.');
    return false;
  }
  const { status, text, ms, attemptNumber } = heard;
  const answer = explainResponse(status, text, secrets);
  const which = attemptNumber === 1 ? '' : ` at try ${attemptNumber}`;
  terminal.out(
    `${status} in ${ms} ms${which}: ${answer.explanation}${answer.reply === undefined ? '' : `\n${answer.reply}`}`,
  );
  return answer.good;
}

function reasonFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : error.message;
  return cause === 'ECONNREFUSED' ? 'nobody listens there. Is the server running?' : `${cause}.`;
}
