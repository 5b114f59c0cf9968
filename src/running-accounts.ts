import { isDeepStrictEqual } from 'node:util';
import type { AccountServices } from './account-services.js';
import type { AccountConfig, Config } from './config/config.js';
import type { CallbackHandler } from './http/callback-endpoint.js';
import type { NodeMiddleware } from './http/browser-response.js';
import type { AccountPages, PageSettings } from './http/web-pages.js';
import type { Account } from './pipeline/account.js';

/** The settings that can change while the server runs. */
export type AccountSettings = Pick<Config, 'accounts' | 'oauth' | 'pageSignatures'>;

/** An account with everything that serves it. */
export interface RunningAccount {
  readonly config: AccountConfig;
  readonly pageSettings: PageSettings;
  readonly services: AccountServices;
  /** As the pipeline sees it. */
  readonly account: Account;
  readonly callback: CallbackHandler;
  readonly pages: AccountPages;
}

/**
 * The names of the accounts that differ after a change of the settings.
 *
 * @example
 * const { added, removed }: AccountsChange = server.useAccounts(process.env);
 */
export interface AccountsChange {
  readonly added: readonly string[];
  /** Accounts of which another setting than the AppSecret is new. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Accounts whose AppSecret is new. */
  readonly newSecrets: readonly string[];
}

/** All accounts at one moment, by what they are looked up by. */
interface Accounts {
  readonly list: readonly RunningAccount[];
  readonly byAppId: ReadonlyMap<string, Account>;
  /** By path. */
  readonly callbacks: ReadonlyMap<string, CallbackHandler>;
  /** By their base path. */
  readonly pages: ReadonlyMap<string, NodeMiddleware>;
}

/** Makes the parts of an account. */
export interface AccountMakers {
  services(config: AccountConfig): AccountServices;
  account(config: AccountConfig, services: AccountServices): Account;
  callback(account: Account): CallbackHandler;
  pages(services: AccountServices, settings: PageSettings): AccountPages;
}

/** The accounts of this process. They change as a whole: whoever looks one up sees all before a change, or all after it. */
export class RunningAccounts {
  readonly #make: AccountMakers;
  #now: Accounts;
  #isStarted = false;

  constructor(settings: AccountSettings, make: AccountMakers) {
    this.#make = make;
    this.#now = indexed(settings.accounts.map((config) => this.#build(config, settings, undefined)));
  }

  /** In the order of the configuration. */
  get list(): readonly RunningAccount[] {
    return this.#now.list;
  }
  get byAppId(): ReadonlyMap<string, Account> {
    return this.#now.byAppId;
  }
  get callbacks(): ReadonlyMap<string, CallbackHandler> {
    return this.#now.callbacks;
  }
  get pages(): ReadonlyMap<string, NodeMiddleware> {
    return this.#now.pages;
  }

  /** Finds an account by name or AppID; by default the first. @throws RangeError */
  find(wanted: string | undefined): RunningAccount {
    const found = this.list.find(
      ({ config: { name, appId } }) => wanted === undefined || name === wanted || appId === wanted,
    );
    if (found === undefined) throw new RangeError(`no account "${wanted ?? ''}" is configured`);
    return found;
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    await Promise.all(this.list.map(({ services }) => services.start()));
  }

  /**
   * Replaces the accounts. An account that stays as it is keeps all its parts. Pushes in flight end with the parts that
   * they began with.
   */
  use(settings: AccountSettings): AccountsChange {
    const before = this.list;
    const formerOf = ({ name, appId }: AccountConfig) =>
      before.find(({ config }) => config.name === name && config.appId === appId);
    const after = settings.accounts.map((config) => this.#build(config, settings, formerOf(config)));
    for (const { services, config } of after) services.secret.change(config.appSecret);
    this.#now = indexed(after);

    const left = before.filter(({ services }) => !after.some((account) => account.services === services));
    for (const { services } of left) void services.stop();
    const come = after.filter(({ services }) => !before.some((account) => account.services === services));
    if (this.#isStarted) for (const { services } of come) void services.start();
    const was = new Map(before.map((account) => [account.config.name, account]));
    const names = new Set(namesOf(after));
    const differs = (now: RunningAccount, part: (account: RunningAccount) => unknown): boolean => {
      const former = was.get(now.config.name);
      return former !== undefined && part(former) !== part(now);
    };
    return {
      added: namesOf(after.filter(({ config }) => !was.has(config.name))),
      changed: namesOf(after.filter((now) => differs(now, ({ callback }) => callback))),
      removed: namesOf(before).filter((name) => !names.has(name)),
      newSecrets: namesOf(after.filter((now) => differs(now, ({ config }) => config.appSecret))),
    };
  }

  /** Ends what runs by itself. Pushes in flight still get their answers. Resolves once no fetch is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.list.map(({ services }) => services.stop()));
  }

  #build(
    config: AccountConfig,
    { oauth, pageSignatures }: AccountSettings,
    former: RunningAccount | undefined,
  ): RunningAccount {
    const isHere = ({ account }: { readonly account: string }): boolean => account === config.name;
    const pageSettings = { oauth: oauth.find(isHere), signing: pageSignatures.find(isHere) };
    if (former !== undefined && isSame(former, config, pageSettings)) return { ...former, config };
    const services =
      former !== undefined && keepsServices(former, config) ? former.services : this.#make.services(config);
    const account = this.#make.account(config, services);
    return {
      config,
      pageSettings,
      services,
      account,
      callback: this.#make.callback(account),
      pages: this.#make.pages(services, pageSettings),
    };
  }
}

/** Without a secret an account cannot call, so its services differ in more than the value. */
const keepsServices = ({ config: before }: RunningAccount, after: AccountConfig): boolean =>
  (before.appSecret === undefined) === (after.appSecret === undefined);

/** True if nothing but the value of the AppSecret differs. */
function isSame(former: RunningAccount, config: AccountConfig, pageSettings: PageSettings): boolean {
  const { appSecret: _before, ...before } = former.config;
  const { appSecret: _after, ...after } = config;
  return (
    keepsServices(former, config) &&
    isDeepStrictEqual(before, after) &&
    isDeepStrictEqual(former.pageSettings, pageSettings)
  );
}

function indexed(list: readonly RunningAccount[]): Accounts {
  return {
    list,
    byAppId: new Map(list.map(({ account }) => [account.appId as string, account])),
    callbacks: new Map(list.map(({ config, callback }) => [config.path, callback])),
    pages: new Map(list.flatMap(({ pages }) => pages.routes)),
  };
}

const namesOf = (accounts: readonly RunningAccount[]): readonly string[] =>
  accounts.map(({ config }) => config.name);
