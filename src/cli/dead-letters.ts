import { readConfigForTrying } from '../config.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { filterOptions, readFilter } from './dead-letters/read-filter.js';
import { ALL, AMBIGUOUS, chooseAll, SENTENCES, treatLetters } from './dead-letters/treat-letters.js';
import { parseOptions } from './parse-options.js';
import { sayWarnings } from './say-warnings.js';

const SHOWN = 100;
const DEEDS = ['list', 'show', 'retry', 'drop'] as const;

/** Answers that did not reach their users. */
export const deadLetters: Command = {
  name: 'dead-letters',
  summary: 'lists, shows, retries and drops answers that did not reach their users',
  usage: `Usage: wechat-callback dead-letters list [FILTER…] [--limit ${SHOWN}] [--json]
       wechat-callback dead-letters show ID [--texts] [--json]
       wechat-callback dead-letters retry ID… | --all [FILTER…] --yes [--json]
       wechat-callback dead-letters drop  ID… | --all [FILTER…] --yes [--json]

Asks the server that runs with this configuration; where none does, works on its store.

A retried letter with messages is sent as they are; one without has its handler run again. The letter is gone then; if it
fails again, there is a new one. One whose reason is "${AMBIGUOUS}" may have arrived: retried, it may be seen twice, so --all
leaves these out unless --reason ${AMBIGUOUS} asks for them.

  --reason   such as window-closed, later_threw; docs/errors.md has all
  --user     OpenID
  --handler  name of the handler
  --account  name or AppID of the account
  --since    a time (2026-07-01T08:00) or how long ago (90m, 2h, 7d)
  --all      every letter that the filters mean; with --yes, since it cannot be undone
  --texts    show: also the push as it came and the messages that were not sent, which is what your users said and were told
  --limit    list: the newest so many (default ${SHOWN})
  --json     the same as JSON

Exit codes: 0 done, 1 not done for some letter, 2 usage, 78 configuration.`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        ...filterOptions,
        limit: { type: 'string', default: String(SHOWN) },
        all: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        texts: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { positionals: 1_000 },
    );
    const [wanted, ...ids] = positionals;
    const deed = DEEDS.find((known) => known === wanted);
    if (deed === undefined) throw new UsageInvalid(`Say what to do: ${DEEDS.join(', ')}.`);
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > ALL)
      throw new UsageInvalid(`--limit is a whole number from 1 to ${ALL}.`);
    if (deed === 'show' ? ids.length !== 1 : deed === 'list' && ids.length > 0)
      throw new UsageInvalid(deed === 'show' ? 'Say which one: dead-letters show ID.' : 'list takes no ID.');
    if ((deed === 'retry' || deed === 'drop') && values.all === ids.length > 0)
      throw new UsageInvalid(`Say which: dead-letters ${deed} ID… or --all.`);
    const { config } = readConfigForTrying();
    const filter = readFilter(values, config, Date.now());
    if (deed !== 'list' && !values.all && Object.keys(filter).length > 0)
      throw new UsageInvalid('Filters go with list and --all.');
    // Loaded here, so that the other commands start without the server.
    const { openLetters } = await import('./dead-letters/letters-at-hand.js');
    const { formatLetter, formatList } = await import('./dead-letters/format-letters.js');
    const letters = await openLetters(config, sayWarnings(terminal));
    try {
      switch (deed) {
        case 'list': {
          const list = await letters.list(filter, limit);
          if (values.json) terminal.out(JSON.stringify(list, undefined, 2));
          else terminal.out(list.letters.length === 0 ? 'No dead letters.' : formatList(list.letters));
          if (list.more) terminal.err(`There are more: these are the newest ${limit} (--limit).`);
          return exitCodes.ok;
        }
        case 'show': {
          const letter = await letters.read(ids[0] ?? '', { texts: values.texts });
          if (letter !== undefined)
            terminal.out(values.json ? JSON.stringify(letter, undefined, 2) : formatLetter(letter));
          else terminal.err(`${ids[0]}: ${SENTENCES.unknown}`);
          return letter === undefined ? exitCodes.failed : exitCodes.ok;
        }
        case 'retry':
        case 'drop': {
          const chosen = values.all ? await chooseAll(letters, filter, deed) : ids;
          if (values.all && !values.yes) {
            terminal.err(`${chosen.length} letters are meant; nothing was done. Say --yes to ${deed} them.`);
            return exitCodes.usage;
          }
          return await treatLetters(
            letters,
            deed,
            chosen,
            { json: values.json, terse: values.all },
            terminal,
          );
        }
        default:
          return deed satisfies never;
      }
    } finally {
      await letters.close();
    }
  },
};
