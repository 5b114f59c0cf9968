import { withDotEnv } from '../../config/dot-env.js';
import { readDevelopmentPorts, withDevelopmentDefaults } from '../../config/development-account.js';
import { stopWithParent } from '../../stop-with-parent.js';
import { exitCodes, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { runTogether } from './run-together.js';
import { explainTakenPorts, takenPorts } from './taken-ports.js';

/** The server and the sandbox side by side, for developing. */
export const dev: Command = {
  name: 'dev',
  summary: {
    en: 'runs the server with a test account, and the sandbox that simulates WeChat for it',
    zh: '运行服务和沙箱，用一个测试账号开发处理模块',
  },
  usage: {
    en: `Usage: wechat-callback dev [--demo]

Runs the server on 127.0.0.1:8080 with a made-up account, and the sandbox with a chat page on 127.0.0.1:8090. A handler
is loaded when its file is saved. PORT, SANDBOX_PORT and ADMIN_PORT of the environment or of .env choose other ports.
The account in .env is ignored; one in the environment is used.

  --demo  also answers with the demo handlers, where no handler of yours takes a push

Exit codes: 0 stopped, 1 one of the two could not start, 78 configuration.`,
    zh: `用法：wechat-callback dev [--demo]

在 127.0.0.1:8080 运行服务，使用一个虚构的账号；在 127.0.0.1:8090 运行模拟微信的沙箱，带聊天页面。处理模块的文件
保存后立即生效。环境变量或 .env 里的 PORT、SANDBOX_PORT、ADMIN_PORT 可以换端口。.env 里的账号不会用到；环境变量里
有账号时用那个账号。

  --demo  你的处理模块都不处理时，由演示处理模块回复

退出码：0 已停止，1 其中一个无法启动，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values } = parseOptions(args, { demo: { type: 'boolean', default: false } });
    const env = withDevelopmentDefaults(process.env, withDotEnv({}));
    const ports = readDevelopmentPorts({ ...withDotEnv({}), ...env });
    const taken = await takenPorts(ports);
    if (taken.length > 0) {
      terminal.err(await explainTakenPorts(taken));
      return exitCodes.failed;
    }
    stopWithParent();
    const target = `http://127.0.0.1:${env['PORT']}${env['CALLBACK_PATH'] || '/wechat'}`;
    const mode = env['WECHAT_CIPHER_MODE'];
    const inMode = ['plaintext', 'compatible', 'safe'].includes(mode ?? '') ? ['--mode', mode ?? ''] : [];
    const { askedLanguage } = terminal;
    const inLanguage = askedLanguage === undefined ? [] : ['--lang', askedLanguage];
    return runTogether(
      [
        ['serve', ...(values.demo ? ['--demo'] : []), ...inLanguage],
        ['sandbox', '--target', target, '--port', env['SANDBOX_PORT'] ?? '', ...inMode, ...inLanguage],
      ],
      env,
    );
  },
};
