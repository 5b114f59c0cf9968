import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';

/** Shows active alarms and tests their webhooks. */
export const alarms: Command = {
  name: 'alarms',
  summary: {
    en: 'active alarms; `alarms test` posts a test message to each webhook',
    zh: '现有的告警；alarms test 向每个 webhook 发一条测试消息',
  },
  usage: {
    en: `Usage: wechat-callback alarms [test] [--json]

Without an argument: lists the active alarms of the running server with this configuration. test: posts a test message
to each address of ALARM_WEBHOOK_URLS and prints the responses.

  --json   the same as JSON

Exit codes: 0 no alarm is active, every webhook accepted the message; 1 otherwise; 2 usage; 78 configuration.`,
    zh: `用法：wechat-callback alarms [test] [--json]

不带参数：列出使用这份配置的服务当前的告警。test：向 ALARM_WEBHOOK_URLS 的每个地址发一条测试消息，显示返回结果。

  --json   同样的内容，JSON 格式

退出码：0 没有告警，或者每个 webhook 都收下了消息；1 其他情况；2 用法错误；78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      { json: { type: 'boolean', default: false } },
      { positionals: 1 },
    );
    const [word] = positionals;
    if (word !== undefined && word !== 'test')
      throw new UsageInvalid({ en: `${word}: the only word is test.`, zh: `${word}：这里只能写 test。` });
    // Loaded here, so that the other commands start without the server.
    const { alarmsInForce, tryWebhooks } = await import('./alarm-client.js');
    if (word === 'test') {
      const results = await tryWebhooks(terminal);
      if (values.json) terminal.out(JSON.stringify(results, undefined, 2));
      else if (results.length === 0)
        terminal.err({
          en: 'ALARM_WEBHOOK_URLS is not set: there is no webhook to test.',
          zh: '没有设置 ALARM_WEBHOOK_URLS，没有可测试的 webhook。',
        });
      else
        for (const { host, ok, detail } of results)
          terminal.out({
            en: `${ok ? 'ok     ' : 'failed '} ${host}: ${detail}`,
            zh: `${ok ? '成功' : '失败'}  ${host}：${detail}`,
          });
      return results.length > 0 && results.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.failed;
    }
    const inForce = await alarmsInForce(terminal);
    if (inForce === undefined) return exitCodes.failed;
    if (values.json) terminal.out(JSON.stringify(inForce, undefined, 2));
    else if (inForce.length === 0) terminal.out({ en: 'No alarm is active.', zh: '现在没有告警。' });
    else
      for (const { alarm, account, says, cure } of inForce)
        terminal.out({
          en: `${alarm} ${account}\n  ${says.en}\n  ${cure.en}`,
          zh: `${alarm} ${account}\n  ${says.zh}\n  ${cure.zh}`,
        });
    return inForce.length === 0 ? exitCodes.ok : exitCodes.failed;
  },
};
