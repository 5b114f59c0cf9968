import { UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

/** Runs the server in this process. */
export const serve: Command = {
  name: 'serve',
  summary: {
    en: 'runs the server',
    zh: '运行服务',
  },
  usage: {
    en: `Usage: wechat-callback serve [--role all|web|worker] [--processes N] [--demo]

Runs the server until SIGTERM or SIGINT; a second signal ends it at once. The handlers are those of HANDLERS_DIR,
by default ./handlers.

  --role  all (default): answers pushes and delivers late answers
          web: only answers pushes; worker: only delivers (both need REDIS_URL)
  --processes N  N processes share the port; one that dies is replaced, and SIGHUP restarts them
          one after the other without refusing a connection. The admin listeners take ADMIN_PORT and the ports
          after it. Needs REDIS_URL
  --demo  also answers with the demo handlers, where no handler of yours takes a push

Exit codes: 0 stopped, 1 failed to start, 78 configuration.`,
    zh: `用法：wechat-callback serve [--role all|web|worker] [--processes N] [--demo]

运行服务，直到收到 SIGTERM 或 SIGINT；再收到一次就立即结束。处理模块在 HANDLERS_DIR 里，默认是 ./handlers。

  --role  all（默认）：应答推送，也发送延后的回复
          web：只应答推送；worker：只发送延后的回复（这两种都需要 REDIS_URL）
  --processes N  N 个进程共用一个端口；有进程退出就再启动一个，SIGHUP 让它们逐个重启，期间不拒绝任何连接。
          管理端口从 ADMIN_PORT 起依次占用。需要 REDIS_URL
  --demo  你的处理模块都不处理时，由演示处理模块回复

退出码：0 已停止，1 启动失败，78 配置有误。`,
  },

  async run(args, { language }) {
    const { values } = parseOptions(args, {
      role: { type: 'string', default: 'all' },
      demo: { type: 'boolean', default: false },
      processes: { type: 'string' },
    });
    const { role, demo } = values;
    const processes = values.processes === undefined ? undefined : Number(values.processes);
    if (processes !== undefined && !(Number.isInteger(processes) && processes >= 1 && processes <= 256)) {
      throw new UsageInvalid({
        en: `--processes ${values.processes} is not a number from 1 to 256.`,
        zh: `--processes ${values.processes}：应为 1 到 256 的整数。`,
      });
    }
    if (role !== 'all' && role !== 'web' && role !== 'worker') {
      throw new UsageInvalid({
        en: `--role ${role} does not exist: all, web or worker.`,
        zh: `没有 --role ${role} 这种角色，可用的是 all、web、worker。`,
      });
    }
    // Loaded here, so that the other commands start without the server.
    const server = await import('../serve.js');
    return server.serve({ role, demo, processes, language });
  },
};
