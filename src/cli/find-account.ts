import type { AccountConfig, Config } from '../config/config.js';
import { UsageInvalid } from './command.js';

/** Finds an account by name or AppID; default: the first. @throws UsageInvalid */
export function findAccount({ accounts }: Config, wanted: string | undefined): AccountConfig {
  const found = accounts.find(
    ({ name, appId }) => wanted === undefined || name === wanted || appId === wanted,
  );
  if (found !== undefined) return found;
  const names = accounts.map(({ name }) => name).join(', ');
  throw new UsageInvalid({
    en: `No account "${wanted ?? ''}" is configured. There are: ${names}.`,
    zh: `没有配置 "${wanted ?? ''}" 这个账号，现有的是：${names}。`,
  });
}
