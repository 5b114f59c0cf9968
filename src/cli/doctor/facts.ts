import type { AccountConfig, Config } from '../../config/config.js';
import type { Words } from '../../protocol/words.js';
import type { RedisLook } from '../../adapters/redis/look-at-redis.js';
import type { AccountFacts } from './probe/account.js';
import type { AccessPointFact } from './probe/access-points.js';
import type { DataDirFacts } from './probe/data-dir.js';
import type { HandlerFacts } from './probe/handlers.js';
import type { ListenerFacts } from './probe/listener.js';
import type { CallbackFacts } from './probe/play-wechat.js';
import type { UrlFacts } from './probe/url.js';

/** The configuration as `serve` reads it. */
export type SettingsFacts =
  | { readonly faults: readonly Words[] }
  | {
      readonly config: Config;
      readonly account: AccountConfig;
      readonly warnings: readonly Words[];
    };

/** The results of all probes. An absent field was not probed, because an earlier probe failed or it does not apply. */
export interface Facts {
  readonly settings: SettingsFacts;
  /** Time of the probes. */
  readonly nowMs: number;
  readonly handlers?: HandlerFacts;
  readonly dataDir?: DataDirFacts;
  readonly redis?: RedisLook;
  readonly accessPoints?: readonly AccessPointFact[];
  readonly listener?: ListenerFacts;
  readonly url?: UrlFacts;
  readonly callback?: CallbackFacts;
  readonly account?: AccountFacts;
}

/** Returns the configuration if it is valid; otherwise nothing else is probed. */
export function usable({ settings }: Facts): { config: Config; account: AccountConfig } | undefined {
  return 'config' in settings ? settings : undefined;
}
