import { readConfigForTrying } from '../config.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { filterOptions, parseFilter } from './dead-letters/parse-filter.js';
import {
  MAX_DEAD_LETTERS,
  UNKNOWN_OUTCOME,
  selectIds,
  OUTCOME_MESSAGES,
  applyToDeadLetters,
} from './dead-letters/bulk-action.js';
import { parseOptions } from './parse-options.js';
import { logWarnings } from './warning-logger.js';

const DEFAULT_LIMIT = 100;
const ACTIONS = ['list', 'show', 'retry', 'drop'] as const;

/** Answers that did not reach their users. */
export const deadLetters: Command = {
  name: 'dead-letters',
  summary: 'lists, shows, retries and drops answers that did not reach their users',
  usage: `Usage: wechat-callback dead-letters list [FILTER…] [--limit ${DEFAULT_LIMIT}] [--json]
       wechat-callback dead-letters show ID [--texts] [--json]
       wechat-callback dead-letters retry ID… | --all [FILTER…] --yes [--json]
       wechat-callback dead-letters drop  ID… | --all [FILTER…] --yes [--json]

Asks the server that runs with this configuration; where none does, works on its store.

A retried letter with messages is sent as they are; one without has its handler run again. The letter is gone then; if it
fails again, there is a new one. One whose reason is "${UNKNOWN_OUTCOME}" may have arrived: retried, it may be seen twice, so --all
leaves these out unless --reason ${UNKNOWN_OUTCOME} asks for them.

  --reason   such as window-closed, later_threw; docs/errors.md has all
  --user     OpenID
  --handler  name of the handler
  --account  name or AppID of the account
  --since    a time (2026-07-01T08:00) or how long ago (90m, 2h, 7d)
  --all      every letter that the filters mean; with --yes, since it cannot be undone
  --texts    show: also the push as it came and the messages that were not sent, which is what your users said and were told
  --limit    list: the newest so many (default ${DEFAULT_LIMIT})
  --json     the same as JSON

Exit codes: 0 done, 1 not done for some letter, 2 usage, 78 configuration.`,

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
    if (action === undefined) throw new UsageInvalid(`Say what to do: ${ACTIONS.join(', ')}.`);
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_DEAD_LETTERS)
      throw new UsageInvalid(`--limit is a whole number from 1 to ${MAX_DEAD_LETTERS}.`);
    if (action === 'show' ? ids.length !== 1 : action === 'list' && ids.length > 0)
      throw new UsageInvalid(
        action === 'show' ? 'Say which one: dead-letters show ID.' : 'list takes no ID.',
      );
    if ((action === 'retry' || action === 'drop') && values.all === ids.length > 0)
      throw new UsageInvalid(`Say which: dead-letters ${action} ID… or --all.`);
    const { config } = readConfigForTrying();
    const filter = parseFilter(values, config, Date.now());
    if (action !== 'list' && !values.all && Object.keys(filter).length > 0)
      throw new UsageInvalid('Filters go with list and --all.');
    // Loaded here, so that the other commands start without the server.
    const { openDeadLetterClient } = await import('./dead-letters/dead-letter-client.js');
    const { formatDeadLetter, formatDeadLetters } = await import('./dead-letters/format-dead-letters.js');
    const letters = await openDeadLetterClient(config, logWarnings(terminal));
    try {
      switch (action) {
        case 'list': {
          const list = await letters.list(filter, limit);
          if (values.json) terminal.out(JSON.stringify(list, undefined, 2));
          else terminal.out(list.letters.length === 0 ? 'No dead letters.' : formatDeadLetters(list.letters));
          if (list.more) terminal.err(`There are more: these are the newest ${limit} (--limit).`);
          return exitCodes.ok;
        }
        case 'show': {
          const letter = await letters.read(ids[0] ?? '', { texts: values.texts });
          if (letter !== undefined)
            terminal.out(values.json ? JSON.stringify(letter, undefined, 2) : formatDeadLetter(letter));
          else terminal.err(`${ids[0]}: ${OUTCOME_MESSAGES.unknown}`);
          return letter === undefined ? exitCodes.failed : exitCodes.ok;
        }
        case 'retry':
        case 'drop': {
          const chosen = values.all ? await selectIds(letters, filter, action) : ids;
          if (values.all && !values.yes) {
            terminal.err(
              `${chosen.length} letters are meant; nothing was done. Say --yes to ${action} them.`,
            );
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
