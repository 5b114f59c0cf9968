import type { Api } from '../../api/client.js';
import { exitCodes, UsageInvalid, type Terminal } from '../command.js';

/** Makes calls of an account and prints what the last one answers as JSON. Resolves with the exit code. */
export async function printAnswer(
  account: string | undefined,
  terminal: Terminal,
  work: (api: Api) => Promise<unknown>,
): Promise<number> {
  // Loaded here, so that the other commands start without the server.
  const { withAccountClient } = await import('../account-client.js');
  const answer = await withAccountClient(account, terminal, work);
  terminal.out(JSON.stringify(answer ?? {}, undefined, 2));
  return exitCodes.ok;
}

/** The arguments that a command needs. @throws UsageInvalid naming the first that is missing */
export function required(what: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(what).map(([name, value]) => {
    if (value !== undefined && value !== '') return value;
    throw new UsageInvalid({ en: `${name} is missing.`, zh: `没有写 ${name}。` });
  });
}
