import type { AccountConfig, Config } from '../config.js';
import { UsageInvalid } from './command.js';

/** The account of that name or AppID; the first one where none is named. @throws UsageInvalid */
export function findAccount({ accounts }: Config, wanted: string | undefined): AccountConfig {
  const found = accounts.find(
    ({ name, appId }) => wanted === undefined || name === wanted || appId === wanted,
  );
  if (found !== undefined) return found;
  const names = accounts.map(({ name }) => name).join(', ');
  throw new UsageInvalid(`No account "${wanted ?? ''}" is configured. There are: ${names}.`);
}
