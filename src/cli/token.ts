import type { Credential } from '../api/credential.js';
import type { TokenStatus } from '../api/token-keeper.js';
import { readConfigForTrying, type AccountConfig } from '../config.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { findAccount } from './find-account.js';
import { parseOptions } from './parse-options.js';
import { logWarnings } from './warning-logger.js';

const SHOWN_CHARACTERS = 6;

/** Shows the account's access token, or has it replaced. */
export const token: Command = {
  name: 'token',
  summary: 'shows the access token, or refreshes it',
  usage: `Usage: wechat-callback token show [--account <name>] [--reveal] [--json]
       wechat-callback token refresh [--account <name>] [--force] [--reveal] [--json]

Asks the server that runs with this configuration; where none does, works on its store. show fetches nothing.

  --account  name or AppID of the account (default: the first)
  --reveal   the whole token; without it, its first ${SHOWN_CHARACTERS} characters
  --force    refresh: the present token is dead at once, which running calls may notice; 20 a day, 30 s apart.
             Without it the stable channel gives the same token as long as it is valid
  --json     the same as JSON`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        reveal: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { positionals: 1 },
    );
    const [action] = positionals;
    if (action !== 'show' && action !== 'refresh') throw new UsageInvalid('Say what to do: show or refresh.');
    if (values.force && action === 'show') throw new UsageInvalid('--force goes with refresh.');
    const { config } = readConfigForTrying();
    const account = findAccount(config, values.account);
    // Loaded here, so that the other commands start without the server.
    const { openTokenClient } = await import('./token-client.js');
    const desk = await openTokenClient(config, account.appId, logWarnings(terminal));
    try {
      const held = action === 'refresh' ? await desk.refresh(values.force) : undefined;
      const status = await desk.status();
      const isThere = status.expiresAtMs !== undefined && status.expiresAtMs > Date.now();
      const current = held ?? (isThere ? await desk.current() : undefined);
      const view = toView(account, desk.place, status, current, values.reveal);
      terminal.out(values.json ? JSON.stringify(view, undefined, 2) : format(view));
      return exitCodes.ok;
    } finally {
      await desk.close();
    }
  },
};

type View = ReturnType<typeof toView>;

function toView(
  { name, appId }: AccountConfig,
  source: string,
  { channel, forcedLeft, superseded, trouble }: TokenStatus,
  current: Credential | undefined,
  reveal: boolean,
) {
  return {
    account: name,
    appId,
    source,
    channel,
    ...(current !== undefined && {
      accessToken: reveal ? current.value : `${current.value.slice(0, SHOWN_CHARACTERS)}…`,
      length: current.value.length,
      expiresAt: new Date(current.expiresAtMs).toISOString(),
      expiresInS: Math.max(0, Math.floor((current.expiresAtMs - Date.now()) / 1_000)),
    }),
    ...(forcedLeft !== undefined && { forcedLeft }),
    ...(superseded !== undefined && {
      superseded: { ...superseded, lastAt: new Date(superseded.lastAtMs).toISOString() },
    }),
    ...(trouble !== undefined && { trouble }),
  };
}

function format(view: View): string {
  const { account, appId, source, channel, accessToken, length, expiresAt, expiresInS, forcedLeft } = view;
  const lines: (readonly [string, string])[] = [
    ['account', `${account} (${appId})`],
    ['source', source],
    ['channel', channel],
    [
      'token',
      accessToken === undefined
        ? 'none yet: the first API call fetches one'
        : `${accessToken} (${length} characters)`,
    ],
  ];
  if (expiresAt !== undefined) lines.push(['expires', `in ${inWords(expiresInS ?? 0)}, at ${expiresAt}`]);
  if (forcedLeft !== undefined) lines.push(['forced', `${forcedLeft} refreshes by force left today`]);
  if (view.superseded !== undefined)
    lines.push([
      'beware',
      `${view.superseded.advice} (${view.superseded.times} times, last at ${view.superseded.lastAt})`,
    ]);
  if (view.trouble !== undefined) lines.push(['trouble', view.trouble]);
  return lines.map(([what, text]) => `${what.padEnd(8)} ${text}`).join('\n');
}

function inWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${minutes} min ${seconds % 60} s`;
}
