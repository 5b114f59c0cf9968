import { readConfigForTrying } from '../../config/config.js';
import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { filterOptions, parseFilter } from './parse-filter.js';
import {
  MAX_DEAD_LETTERS,
  UNKNOWN_OUTCOME,
  selectIds,
  describeOutcome,
  applyToDeadLetters,
} from './bulk-action.js';
import { parseOptions } from '../parse-options.js';
import { logWarnings } from '../warning-logger.js';

const DEFAULT_LIMIT = 100;
const ACTIONS = ['list', 'show', 'retry', 'drop'] as const;

/** Shows, retries and drops answers that did not reach their users. */
export const deadLetters: Command = {
  name: 'dead-letters',
  summary: {
    en: 'lists, shows, retries and drops answers that did not reach their users',
    zh: '列出、查看、重投、丢弃没有送达用户的回复（死信）',
  },
  usage: {
    en: `Usage: wechat-callback dead-letters list [FILTER…] [--limit ${DEFAULT_LIMIT}] [--json]
       wechat-callback dead-letters show ID [--texts] [--json]
       wechat-callback dead-letters retry ID… | --all [FILTER…] --yes [--json]
       wechat-callback dead-letters drop  ID… | --all [FILTER…] --yes [--json]

Asks the running server with this configuration; if there is none, works on its store.

Retrying sends the messages of a dead letter as they are; if it has none, its handler runs again. The dead letter is
removed; a new failure creates a new one. With the reason "${UNKNOWN_OUTCOME}" the answer may have arrived already, and a retry may
show it twice, so --all leaves these out unless --reason ${UNKNOWN_OUTCOME} asks for them.

  --reason   such as window-closed, later_threw; list shows the reason of each
  --user     OpenID
  --handler  name of the handler
  --account  name or AppID of the account
  --since    a time (2026-07-01T08:00) or how long ago (90m, 2h, 7d)
  --all      every dead letter that matches the filters; needs --yes, since it cannot be undone
  --texts    show: also the push and the unsent messages, that is, what your users wrote and what they were to be told
  --limit    list: at most this many, the newest first (default ${DEFAULT_LIMIT})
  --json     the same as JSON

Exit codes: 0 done, 1 not done for at least one, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback dead-letters list [筛选…] [--limit ${DEFAULT_LIMIT}] [--json]
      wechat-callback dead-letters show ID [--texts] [--json]
      wechat-callback dead-letters retry ID… | --all [筛选…] --yes [--json]
      wechat-callback dead-letters drop  ID… | --all [筛选…] --yes [--json]

向使用这份配置的服务查询；没有服务在运行时，直接读写它的存储。

重投时，有消息的死信原样发送，没有消息的重新运行处理模块。之后这条死信就没有了；再次失败会产生新的一条。原因是
"${UNKNOWN_OUTCOME}" 的可能已经送达：重投后用户可能看到两次，所以 --all 不包括它们，除非写明 --reason ${UNKNOWN_OUTCOME}。

  --reason   原因，例如 window-closed、later_threw；list 会列出每条的原因
  --user     OpenID
  --handler  处理模块的名称
  --account  账号的名称或 AppID
  --since    时间（2026-07-01T08:00）或多久以前（90m、2h、7d）
  --all      符合筛选条件的全部死信；无法撤销，所以要加 --yes
  --texts    用于 show：同时显示收到的推送和没有发出的消息，也就是用户写的和要回复用户的内容
  --limit    用于 list：最新的多少条（默认 ${DEFAULT_LIMIT}）
  --json     同样的内容，JSON 格式

退出码：0 完成，1 有的没有完成，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        ...filterOptions,
        limit: { type: 'string', default: String(DEFAULT_LIMIT) },
        all: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        texts: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { positionals: 1_000 },
    );
    const [wanted, ...ids] = positionals;
    const action = ACTIONS.find((known) => known === wanted);
    if (action === undefined)
      throw new UsageInvalid({
        en: `Say what to do: ${ACTIONS.join(', ')}.`,
        zh: `要做什么？请写其中一个：${ACTIONS.join('、')}。`,
      });
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_DEAD_LETTERS)
      throw new UsageInvalid({
        en: `--limit is a whole number from 1 to ${MAX_DEAD_LETTERS}.`,
        zh: `--limit 应为 1 到 ${MAX_DEAD_LETTERS} 的整数。`,
      });
    if (action === 'show' ? ids.length !== 1 : action === 'list' && ids.length > 0)
      throw new UsageInvalid(
        action === 'show'
          ? { en: 'Say which one: dead-letters show ID.', zh: '要看哪一条？请写 dead-letters show ID。' }
          : { en: 'list takes no ID.', zh: 'list 后面不写 ID。' },
      );
    if ((action === 'retry' || action === 'drop') && values.all === ids.length > 0)
      throw new UsageInvalid({
        en: `Say which: dead-letters ${action} ID… or --all.`,
        zh: `要处理哪些？请写 dead-letters ${action} ID…，或者 --all。`,
      });
    const { config } = readConfigForTrying();
    const filter = parseFilter(values, config, Date.now());
    if (action !== 'list' && !values.all && Object.keys(filter).length > 0)
      throw new UsageInvalid({
        en: 'Filters go with list and --all.',
        zh: '筛选只能和 list 或 --all 一起用。',
      });
    // Loaded here, so that the other commands start without the server.
    const { openDeadLetterClient } = await import('./dead-letter-client.js');
    const { formatDeadLetter, formatDeadLetters } = await import('./format-dead-letters.js');
    const letters = await openDeadLetterClient(config, logWarnings(terminal));
    try {
      switch (action) {
        case 'list': {
          const list = await letters.list(filter, limit);
          if (values.json) terminal.out(JSON.stringify(list, undefined, 2));
          else
            terminal.out(
              list.letters.length === 0
                ? { en: 'No dead letters.', zh: '没有死信。' }
                : formatDeadLetters(list.letters, terminal.language),
            );
          if (list.more)
            terminal.err({
              en: `There are more: these are the newest ${limit} (--limit).`,
              zh: `还有更多，这里是最新的 ${limit} 条（--limit）。`,
            });
          return exitCodes.ok;
        }
        case 'show': {
          const letter = await letters.read(ids[0] ?? '', { texts: values.texts });
          if (letter !== undefined)
            terminal.out(values.json ? JSON.stringify(letter, undefined, 2) : formatDeadLetter(letter));
          else terminal.err(describeOutcome(ids[0] ?? '', 'unknown'));
          return letter === undefined ? exitCodes.failed : exitCodes.ok;
        }
        case 'retry':
        case 'drop': {
          const chosen = values.all ? await selectIds(letters, filter, action) : ids;
          if (values.all && !values.yes) {
            terminal.err({
              en: `${chosen.length} letters match; nothing was done. Add --yes to ${action} them.`,
              zh: `符合的死信有 ${chosen.length} 条，还没有处理。确认要 ${action} 请加 --yes。`,
            });
            return exitCodes.usage;
          }
          return await applyToDeadLetters(
            letters,
            action,
            chosen,
            { json: values.json, terse: values.all },
            terminal,
          );
        }
        default:
          return action satisfies never;
      }
    } finally {
      await letters.close();
    }
  },
};
