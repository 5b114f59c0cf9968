import type { Sandbox } from '../../sandbox/sandbox.js';
import { stopWithParent } from '../../stop-with-parent.js';
import { exitCodes, type Command, type Terminal } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { readSecrets, secretOptions } from '../read-secrets.js';
import { accountFrom } from './account-options.js';
import { learnMode } from './learn-mode.js';
import { listenFrom } from './listen-options.js';
import { runScript } from './run-script.js';
import { takeServerNotes, tellResets } from './server-notes.js';

/** Simulates WeChat on this machine: pushes to a callback server, and serves the API. */
export const sandbox: Command = {
  name: 'sandbox',
  summary: {
    en: 'simulates WeChat on this machine, with a chat page to try a server on',
    zh: '在本机模拟微信，带聊天页面，用来试服务',
  },
  usage: {
    en: `Usage: wechat-callback sandbox [options]

Simulates both sides of WeChat for one made-up account: pushes to a callback server as followers, and serves
the API that the server calls. The page is at http://127.0.0.1:8090. Nothing outside this machine can reach it,
unless --host opens it; then page and JSON API ask for the key in the address that is printed.

  --target URL       the callback URL (default http://127.0.0.1:8080/wechat)
  --token TOKEN      callback token of the account
  --aes-key KEY      EncodingAESKey, 43 letters and digits
  --app-id ID        AppID
  --app-secret S     AppSecret
                     Secrets can come from elsewhere: "--token -" reads a line of standard input (several in this
                     order), --token-file FILE a file; so do --aes-key, --app-secret and --key
  --original-id GH   original id of the account (gh_…)
  --mode MODE        plaintext, compatible or safe (default: plaintext for a --token without --aes-key, else
                     compatible until the first reply shows the target's mode; with --script safe)
  --port PORT        of the page and both APIs (default 8090; 0: any free one)
  --host ADDRESS     listens on this address, 0.0.0.0 say, for a server in a container (default 127.0.0.1)
  --key TEXT         the key that --host asks for (default: a random one)
  --tls-cert FILE, --tls-key FILE, --tls-port PORT
                     https as well (PEM; default port 443), for clients that know only https://api.weixin.qq.com:
                     a hosts file leads the name here
  --script FILE      runs a scenario (YAML or JSON) against the target, then stops
  --json             prints the report of --script as JSON

Exit codes: 0 stopped, or the scenario passed; 1 it did not; 2 usage.`,
    zh: `用法：wechat-callback sandbox [选项]

为一个虚构的账号模拟微信的两端：向回调服务推送粉丝的消息，并提供服务要调用的接口。页面在 http://127.0.0.1:8090，
其他机器访问不到。用 --host 可以对外开放，这时访问页面和 JSON 接口都要密钥，启动时打印的地址里带有它。

  --target URL       回调 URL（默认 http://127.0.0.1:8080/wechat）
  --token TOKEN      账号的 Token
  --aes-key KEY      EncodingAESKey，43 个字母或数字
  --app-id ID        AppID
  --app-secret S     AppSecret
                     密钥可以不写在命令行上："--token -" 从标准输入读一行（多个时按这里的顺序），--token-file FILE
                     从文件读；--aes-key、--app-secret、--key 也一样
  --original-id GH   账号的原始 ID（gh_…）
  --mode MODE        plaintext（明文模式）、compatible（兼容模式）或 safe（安全模式）。只写了 --token、没写 --aes-key 时默认
                     明文模式，否则先用兼容模式，收到第一条回复后改用目标服务的模式；有 --script 时默认安全模式
  --port PORT        页面和接口的端口（默认 8090；0 表示任意空闲端口）
  --host ADDRESS     监听的地址，例如 0.0.0.0，供容器里的服务访问（默认 127.0.0.1）
  --key TEXT         --host 要求的密钥（默认随机生成）
  --tls-cert FILE、--tls-key FILE、--tls-port PORT
                     同时提供 https（PEM 文件，端口默认 443），供只认 https://api.weixin.qq.com 的客户端使用：
                     在 hosts 文件里把这个域名指到这里
  --script FILE      对目标运行一个剧本（YAML 或 JSON），然后停止
  --json             以 JSON 格式输出 --script 的报告

退出码：0 已停止，或剧本通过；1 剧本没有通过；2 用法错误。`,
  },

  async run(args, terminal) {
    const { values } = parseOptions(args, {
      target: { type: 'string' },
      ...secretOptions.token,
      ...secretOptions['aes-key'],
      'app-id': { type: 'string' },
      ...secretOptions['app-secret'],
      ...secretOptions.key,
      'original-id': { type: 'string' },
      mode: { type: 'string' },
      port: { type: 'string', default: '8090' },
      host: { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'tls-port': { type: 'string', default: '443' },
      script: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const listening = listenFrom(values);
    const { key, ...secrets } = await readSecrets(['token', 'aes-key', 'app-secret', 'key'], values);
    const account = accountFrom({ ...values, ...secrets });
    // Loaded here, so that the other commands start without the sandbox.
    const { createSandbox } = await import('../../sandbox/sandbox.js');
    const { EXAMPLE_MENU } = await import('../../sandbox/example-menu.js');
    const isLearning = account.mode === undefined && values.script === undefined;
    const play = createSandbox({
      account: isLearning ? { ...account, mode: 'compatible' } : account,
      ...listening,
      ...(values.script === undefined && { menu: EXAMPLE_MENU }),
      ...(key !== undefined && { key }),
    });
    let tlsPort: number | undefined;
    try {
      ({ tlsPort } = await play.start());
    } catch (error) {
      await play.stop();
      if (!isListenError(error)) throw error;
      const { code, port = listening.port } = error;
      const option = port === listening.port ? '--port' : '--tls-port';
      terminal.err({
        en: `Port ${port} cannot be used (${code}). Choose another with ${option}.`,
        zh: `端口 ${port} 无法使用（${code}）。请用 ${option} 换一个。`,
      });
      return exitCodes.failed;
    }
    if (values.script !== undefined) return runScript(play, values.script, values.json, terminal);
    greet(play, tlsPort, terminal);
    learnMode(play, account.mode, (text) => terminal.err(text));
    process.on('message', takeServerNotes(play));
    tellResets(play, (message) => process.send?.(message));
    stopWithParent();
    await stopSignal();
    await play.stop();
    return exitCodes.ok;
  },
};

function greet(play: Sandbox, tlsPort: number | undefined, terminal: Terminal): void {
  const { target, mode, appId } = play.state.account();
  const hosts = play.accessPoints().map(({ url }) => url);
  const apart = play.key !== undefined;
  const tls = tlsPort === undefined ? [] : [tlsPort];
  terminal.err({
    en: [
      `Sandbox:      ${play.pageUrl()}`,
      `Pushes go to: ${target} (${mode}, AppID ${appId})`,
      `API side:     WECHAT_API_BASE_URLS=${hosts.join(',')}`,
      ...tls.map((port) => `Over https:   port ${port}, for the names of api.weixin.qq.com`),
      ...(apart ? ['From another machine or container, put the name of this one in place of the host.'] : []),
      'Ctrl-C stops it.',
    ].join('\n'),
    zh: [
      `沙箱页面：${play.pageUrl()}`,
      `推送发往：${target}（${mode}，AppID ${appId}）`,
      `接口地址：WECHAT_API_BASE_URLS=${hosts.join(',')}`,
      ...tls.map((port) => `https：端口 ${port}，用 api.weixin.qq.com 等域名访问`),
      ...(apart ? ['从别的机器或容器访问时，把地址里的主机换成本机的名字。'] : []),
      '按 Ctrl-C 停止。',
    ].join('\n'),
  });
}

/** An error of `listen`; a name that leads nowhere has no port. */
function isListenError(error: unknown): error is { readonly code: string; readonly port?: number } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'syscall' in error &&
    error.syscall === 'listen' &&
    'code' in error
  );
}

/** Resolves when the process gets a stop signal. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
