import { suggestName } from '../config/suggest-name.js';
import { isEncodingAesKey } from '../protocol/cipher.js';
import type { CipherMode } from '../protocol/envelope.js';
import { reportJson, reportJunit } from '../sandbox/conformance/report-formats.js';
import { listText, reportText } from '../sandbox/conformance/report-text.js';
import { applies, type Rule } from '../sandbox/conformance/rule.js';
import { rules } from '../sandbox/conformance/rules.js';
import { conforms, runRules, type Report } from '../sandbox/conformance/run-rules.js';
import type { Target } from '../sandbox/conformance/target.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

const options = {
  'aes-key': { type: 'string' },
  'app-id': { type: 'string' },
  echo: { type: 'string', default: '' },
  format: { type: 'string', default: 'text' },
  list: { type: 'boolean', default: false },
  mode: { type: 'string' },
  only: { type: 'string', multiple: true, default: [] as string[] },
  'original-id': { type: 'string', default: 'gh_0c0f0a2a4ce0' },
  token: { type: 'string' },
} as const;

/** As long as WeChat waits. */
const TIMEOUT_MS = 5_000;
const BUDGET_MS = 55_000;

/** Holds a callback server, ours or another's, against the platform's rules. */
export const conformance: Command = {
  name: 'conformance',
  summary: 'checks any callback server against the rules of the platform',
  usage: `Usage: wechat-callback conformance <URL> --token TEXT [--aes-key KEY --app-id ID] [options]

Plays WeChat, and some strangers, against a callback server and says which rules of the platform it keeps. The server
hears some 250 requests of users that do not exist; use a test account. docs/conformance.md lists the rules.

  --token TEXT        the callback token of the account
  --aes-key KEY       its EncodingAESKey, 43 letters and digits; asks for safe mode unless --mode says otherwise
  --app-id ID         its AppID; goes with --aes-key
  --mode MODE         plaintext, compatible or safe: the mode that the server is configured for
  --original-id ID    its gh_ id, for servers that compare ToUserName
  --echo TEXT         put before every text, for servers that repeat only some: with "echo ", "echo 007" is sent
  --only RULE         check this rule; may be repeated
  --format FORMAT     text, json or junit
  --list              print the rules instead of checking them

Exit codes: 0 every rule that must hold does, 1 not so, 2 usage.`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, options, { positionals: 1 });
    const chosen = chosenRules(values.only);
    if (values.list) {
      terminal.out(listText(chosen));
      return exitCodes.ok;
    }
    const write = writerOf(values.format);
    const target = targetFrom(positionals[0], values);
    if (!chosen.some((rule) => applies(rule, target.mode)))
      throw new UsageInvalid(`None of these rules means anything in ${target.mode} mode.`);
    const report = await runRules(chosen, target, showProgress());
    terminal.out(write(report));
    return conforms(report) ? exitCodes.ok : exitCodes.failed;
  },
};

function chosenRules(ids: readonly string[]): readonly Rule[] {
  const known = rules.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown === undefined) return ids.length === 0 ? rules : rules.filter(({ id }) => ids.includes(id));
  const nearest = suggestName(unknown, known, 4);
  throw new UsageInvalid(
    `There is no rule ${unknown}; --list prints them.${nearest === undefined ? '' : ` Is ${nearest} meant?`}`,
  );
}

function writerOf(format: string): (report: Report) => string {
  switch (format) {
    case 'text':
      return reportText;
    case 'json':
      return reportJson;
    case 'junit':
      return reportJunit;
    default:
      throw new UsageInvalid(`--format ${format} does not exist: text, json or junit.`);
  }
}

interface Given {
  readonly token?: string;
  readonly 'aes-key'?: string;
  readonly 'app-id'?: string;
  readonly mode?: string;
  readonly 'original-id': string;
  readonly echo: string;
}

function targetFrom(url: string | undefined, values: Given): Target {
  if (url === undefined) throw new UsageInvalid('Which server? Name its URL.');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageInvalid(`${url} is no http(s) URL.`);
  if (values.token === undefined || values.token === '') throw new UsageInvalid('--token is missing.');
  const key = values['aes-key'];
  return {
    url: new URL(url),
    token: values.token,
    mode: modeFrom(values.mode ?? (key === undefined ? 'plaintext' : 'safe'), key, values['app-id']),
    encodingAesKey: key ?? '',
    appId: values['app-id'] ?? '',
    account: values['original-id'],
    echoPrefix: values.echo,
    timeoutMs: TIMEOUT_MS,
    budgetMs: BUDGET_MS,
  };
}

function modeFrom(mode: string, key: string | undefined, appId: string | undefined): CipherMode {
  if (mode !== 'plaintext' && mode !== 'compatible' && mode !== 'safe')
    throw new UsageInvalid(`--mode ${mode} does not exist: plaintext, compatible or safe.`);
  if (key !== undefined && !isEncodingAesKey(key))
    throw new UsageInvalid(`--aes-key has ${key.length} characters; it is 43 letters and digits.`);
  if (mode !== 'plaintext' && (key === undefined || appId === undefined))
    throw new UsageInvalid(`${mode} mode needs --aes-key and --app-id.`);
  return mode;
}

/** A line that counts, where a person is looking. */
function showProgress(): (done: number, all: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const startMs = performance.now();
  return (done, all) => {
    const leftS = Math.ceil(((performance.now() - startMs) / done / 1000) * (all - done));
    stderr.write(done === all ? '\r\u001B[K' : `\r\u001B[K${done} of ${all} rules, about ${leftS} s left`);
  };
}
