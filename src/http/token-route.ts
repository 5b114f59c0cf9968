import type { AppSecret } from '../api/app-secret.js';
import type { Credential } from '../api/credential.js';
import type { TicketCentre, TicketType } from '../api/ticket-keeper.js';
import type { TokenCentre } from '../api/token-keeper.js';
import type { AppId } from '../protocol/ids.js';

/** An account as the token centre serves it. */
export interface TokenAccount {
  /** As configured: `default`, or its name in the accounts file. */
  readonly name: string;
  readonly appId: AppId;
  readonly appSecret: AppSecret;
  readonly tokens: TokenCentre;
  readonly tickets: TicketCentre;
  /** Makes a harmless API call, so that a token that is dead is found out and replaced. */
  readonly validateToken: () => Promise<unknown>;
}

/** What a program asked for. */
export interface TokenRouteRequest {
  /** Parts of the path, by their names in the route. */
  readonly params: Readonly<Record<string, string>>;
  /** Parameters that came once. */
  readonly query: Readonly<Record<string, string>>;
  /** The JSON object of the body; empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Address of the program, or of the proxy before it. */
  readonly from: string;
}

/** What it gets, and what the audit line says of it. */
export interface TokenRouteResponse {
  readonly status?: number;
  readonly body: object;
  readonly account?: string | undefined;
  /** Such as `token` or `jsapi ticket`. */
  readonly what: string;
  /** Absent: it was given. */
  readonly refused?: string;
}

export interface TokenRoute {
  readonly method: 'get' | 'post';
  /** Path with `{name}` for its parts, as OpenAPI writes it. */
  readonly path: string;
  readonly answer: (asked: TokenRouteRequest) => Promise<TokenRouteResponse>;
}

export const ticketTypeOf = (text: string | undefined): TicketType | undefined =>
  text === 'jsapi' || text === 'wx_card' ? text : undefined;

/** Whole seconds that remain. At least 1: 0 means "for ever" to some. */
export function remainingS({ expiresAtMs }: Credential, nowMs: number): number {
  return Math.max(1, Math.floor((expiresAtMs - nowMs) / 1_000));
}
