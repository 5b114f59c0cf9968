import { UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

/** Runs the server in this process. */
export const serve: Command = {
  name: 'serve',
  summary: 'runs the server',
  usage: `Usage: wechat-callback serve [--role all|web|worker]

Runs the server until SIGTERM or SIGINT; a second signal ends it at once.

  --role  all (default): answers pushes and delivers late answers
          web: only answers pushes; worker: only delivers (both need REDIS_URL)

Exit codes: 0 stopped, 1 failed to start, 78 configuration.`,

  async run(args) {
    const { values } = parseOptions(args, { role: { type: 'string', default: 'all' } });
    const { role } = values;
    if (role !== 'all' && role !== 'web' && role !== 'worker') {
      throw new UsageInvalid(`--role ${role} does not exist: all, web or worker.`);
    }
    // Loaded here, so that the other commands start without the server.
    const server = await import('../serve.js');
    return server.serve({ role });
  },
};
