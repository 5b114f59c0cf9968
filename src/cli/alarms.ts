import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

/** Alarms in force, and whether their webhooks work. */
export const alarms: Command = {
  name: 'alarms',
  summary: 'alarms in force; `alarms test` posts a test message to each webhook',
  usage: `Usage: wechat-callback alarms [test] [--json]

Without a word: the alarms in force of the server that runs with this configuration. test: posts a test message to each
address of ALARM_WEBHOOK_URLS and says what came back.

  --json   the same as JSON

Exit codes: 0 no alarm is in force, every webhook took the message; 1 otherwise; 2 usage; 78 configuration.`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      { json: { type: 'boolean', default: false } },
      { positionals: 1 },
    );
    const [word] = positionals;
    if (word !== undefined && word !== 'test') throw new UsageInvalid(`${word}: the only word is test.`);
    // Loaded here, so that the other commands start without the server.
    const { alarmsInForce, tryWebhooks } = await import('./alarms/alarms.js');
    if (word === 'test') {
      const results = await tryWebhooks(terminal);
      if (values.json) terminal.out(JSON.stringify(results, undefined, 2));
      else if (results.length === 0) terminal.err('ALARM_WEBHOOK_URLS is not set: there is nothing to try.');
      else
        for (const { host, ok, detail } of results)
          terminal.out(`${ok ? 'ok     ' : 'failed '} ${host}: ${detail}`);
      return results.length > 0 && results.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.failed;
    }
    const inForce = await alarmsInForce(terminal);
    if (inForce === undefined) return exitCodes.failed;
    if (values.json) terminal.out(JSON.stringify(inForce, undefined, 2));
    else if (inForce.length === 0) terminal.out('No alarm is in force.');
    else
      for (const { alarm, account, says, cure } of inForce)
        terminal.out(`${alarm} ${account}\n  ${says.zh}\n  ${cure.zh}`);
    return inForce.length === 0 ? exitCodes.ok : exitCodes.failed;
  },
};
