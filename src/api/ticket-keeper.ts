import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import type { AppSecret } from './app-secret.js';
import { parseIssued } from './issued-credential.js';
import { createCredentialCache, type CredentialCache } from './credential-cache.js';
import { createCredentialRecords } from './credential-record.js';
import { createSharedSource } from './shared-credential-source.js';
import type { Credential, CredentialSource } from './credential.js';
import type { JsonObject } from './response.js';

/** The use of a ticket: it signs pages for the JS-SDK, or cards (卡券). */
export type TicketType = 'jsapi' | 'wx_card';

/**
 * Keeps the account's tickets, one of each type for all processes on a store.
 *
 * @throws errors of an API call, if no ticket is available
 */
export interface TicketKeeper {
  get(type: TicketType): Promise<string>;
}

/** The part of the keeper for code that passes tickets on. */
export interface TicketCentre extends TicketKeeper {
  /** Returns the ticket with its expiry. @throws as `get` */
  current(type: TicketType): Promise<Credential>;
  /** Starts to renew tickets in time, once there is a first ticket of a type. */
  start(): void;
  /** Ends the renewals. Resolves once the fetch under way has ended: a process that is gone would leave its lock. */
  stop(): Promise<void>;
}

/** Path of the API that issues tickets. */
export const TICKET_PATH = '/cgi-bin/ticket/getticket';

/** Longer than the longest fetch, including one of an access token. */
const LOCK_MS = 20_000;

interface Parts {
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

export function createTicketKeeper(
  deps: Parts & {
    readonly appId: AppId;
    /** A ticket needs an access token, so it fails if the secret is refused. */
    readonly secret?: AppSecret;
    readonly store: StateStore;
    /** Calls `TICKET_PATH` with the access token and this `type`. */
    readonly ask: (type: TicketType) => Promise<JsonObject>;
  },
): TicketCentre {
  const { appId, secret, store, clock, log, ask } = deps;
  return createTickets(deps, (type) =>
    createSharedSource({
      records: createCredentialRecords({ store, clock, name: `${appId}:ticket:${type}`, lockMs: LOCK_MS }),
      secret,
      assertCanFetch() {},
      async fetch() {
        const askedAtMs = clock.now();
        const { value, lifetimeMs } = parseIssued(TICKET_PATH, await ask(type), 'ticket');
        return { value, expiresAtMs: askedAtMs + lifetimeMs };
      },
      onSupersededExternally() {},
      clock,
      log,
      what: `${type} ticket`,
      fields: { appId },
    }),
  );
}

/** Creates a ticket keeper for any source. */
export function createTickets(
  { clock, log, random }: Parts,
  sourceOf: (type: TicketType) => CredentialSource,
): TicketCentre {
  const holder = (type: TicketType): CredentialCache =>
    createCredentialCache({
      source: sourceOf(type),
      clock,
      log,
      what: `${type} ticket`,
      fields: {},
      random,
    });
  const holders: Readonly<Record<TicketType, CredentialCache>> = {
    jsapi: holder('jsapi'),
    wx_card: holder('wx_card'),
  };
  return {
    get: async (type) => (await holders[type].get()).value,
    current: (type) => holders[type].get(),
    start() {
      for (const each of Object.values(holders)) each.start();
    },
    async stop() {
      await Promise.all(Object.values(holders).map((each) => each.stop()));
    },
  };
}
