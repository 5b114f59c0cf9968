import { readTextFile } from '../config/text-file.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Account } from '../sandbox/types.js';
import { exitCodes, UsageInvalid, type Command, type Terminal } from './command.js';
import { parseOptions } from './parse-options.js';

const MODES = ['plaintext', 'compatible', 'safe'] as const;

/** Plays WeChat on this machine: pushes to a callback server, and serves the API that it calls. */
export const sandbox: Command = {
  name: 'sandbox',
  summary: 'plays WeChat on this machine, with a chat page to try a server on',
  usage: `Usage: wechat-callback sandbox [options]

Plays both sides of WeChat for one made-up account: pushes to a callback server as followers, and serves
the API that the server calls. The page is at http://127.0.0.1:8090; nothing outside of this machine can reach it.

  --target URL       the callback URL (default http://127.0.0.1:8080/wechat)
  --token TOKEN      callback token of the account
  --aes-key KEY      EncodingAESKey, 43 letters and digits
  --app-id ID        AppID
  --app-secret S     AppSecret
  --original-id GH   original id of the account (gh_…)
  --mode MODE        plaintext, compatible or safe (default)
  --port PORT        of the page and both APIs (default 8090; 0: any free one)
  --script FILE      runs a scenario (YAML or JSON) against the target, then stops
  --json             prints the report of --script as JSON

Exit codes: 0 stopped, or the scenario passed; 1 it did not; 2 usage.`,

  async run(args, terminal) {
    const { values } = parseOptions(args, {
      target: { type: 'string' },
      token: { type: 'string' },
      'aes-key': { type: 'string' },
      'app-id': { type: 'string' },
      'app-secret': { type: 'string' },
      'original-id': { type: 'string' },
      mode: { type: 'string' },
      port: { type: 'string', default: '8090' },
      script: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const account = accountFrom(values);
    const port = portFrom(values.port);
    // Loaded here, so that the other commands start without the sandbox.
    const { createSandbox } = await import('../sandbox/sandbox.js');
    const play = createSandbox({ account, port });
    try {
      await play.start();
    } catch (error) {
      if (!isListenError(error)) throw error;
      terminal.err(`Port ${port} cannot be taken (${String(error.code)}). Choose another one with --port.`);
      return exitCodes.failed;
    }
    if (values.script !== undefined) return runScript(play, values.script, values.json, terminal);
    greet(play, terminal);
    await stopSignal();
    await play.stop();
    return exitCodes.ok;
  },
};

interface Values {
  readonly target?: string;
  readonly token?: string;
  readonly 'aes-key'?: string;
  readonly 'app-id'?: string;
  readonly 'app-secret'?: string;
  readonly 'original-id'?: string;
  readonly mode?: string;
}

/** @throws UsageInvalid */
function accountFrom(values: Values): Partial<Account> {
  const mode = MODES.find((known) => known === values.mode);
  if (values.mode !== undefined && mode === undefined) {
    throw new UsageInvalid(`--mode ${values.mode} does not exist: plaintext, compatible or safe.`);
  }
  const key = values['aes-key'];
  if (key !== undefined && !/^[A-Za-z0-9]{43}$/.test(key)) {
    throw new UsageInvalid('--aes-key: exactly 43 letters and digits.');
  }
  const { target, token } = values;
  if (target !== undefined && !(/^https?:/.test(target) && URL.canParse(target))) {
    throw new UsageInvalid(`--target ${target} is not an http address.`);
  }
  return {
    ...(target !== undefined && { target }),
    ...(token !== undefined && { token }),
    ...(key !== undefined && { encodingAesKey: key }),
    ...(values['app-id'] !== undefined && { appId: values['app-id'] }),
    ...(values['app-secret'] !== undefined && { appSecret: values['app-secret'] }),
    ...(values['original-id'] !== undefined && { originalId: values['original-id'] }),
    ...(mode !== undefined && { mode }),
  };
}

function portFrom(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageInvalid(`--port ${text}: a port from 0 to 65535.`);
}

function greet(play: Sandbox, terminal: Terminal): void {
  const { target, mode, appId } = play.state.account();
  terminal.err(
    [
      `Sandbox:      ${play.url()}`,
      `Pushes go to: ${target} (${mode}, AppID ${appId})`,
      `API side:     WECHAT_API_BASE_URLS=${play
        .accessPoints()
        .map(({ url }) => url)
        .join(',')}`,
      'Ctrl-C stops it.',
    ].join('\n'),
  );
}

/** Runs one scenario file against the target. */
async function runScript(play: Sandbox, file: string, asJson: boolean, terminal: Terminal): Promise<number> {
  // YAML includes JSON: one parser reads both.
  const { parse: parseYaml } = await import('yaml');
  const { readScenario } = await import('../sandbox/scenario/scenario.js');
  const { runScenario } = await import('../sandbox/scenario/run-scenario.js');
  try {
    const scenario = readScenario(parseYaml(readTextFile(file)));
    const report = await runScenario(play, scenario);
    if (asJson) terminal.out(JSON.stringify(report, undefined, 2));
    else {
      const lines = report.steps.map(
        ({ step, passed, problem }) =>
          `${passed ? 'ok  ' : 'FAIL'} ${JSON.stringify(step)}${problem === undefined ? '' : `\n     ${problem}`}`,
      );
      terminal.out([`${report.name}: ${report.passed ? 'passed' : 'failed'}`, ...lines].join('\n'));
    }
    return report.passed ? exitCodes.ok : exitCodes.failed;
  } catch (error) {
    terminal.err(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return exitCodes.failed;
  } finally {
    await play.stop();
  }
}

function isListenError(error: unknown): error is { readonly code: unknown } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'syscall' in error &&
    error.syscall === 'listen' &&
    'code' in error
  );
}

/** Resolves when the process is told to stop. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
