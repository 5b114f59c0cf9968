import type { AppSecret } from '../api/app-secret.js';
import type { Credential } from '../api/credential.js';
import type { TicketCentre, TicketType } from '../api/ticket-keeper.js';
import type { TokenCentre } from '../api/token-keeper.js';
import type { AppId } from '../protocol/ids.js';

/** An account of the token centre. */
export interface TokenAccount {
  /** As configured: `default`, or its name in the accounts file. */
  readonly name: string;
  readonly appId: AppId;
  readonly appSecret: AppSecret;
  readonly tokens: TokenCentre;
  readonly tickets: TicketCentre;
  /** Makes a harmless API call, so that an invalid token is detected and replaced. */
  readonly validateToken: () => Promise<unknown>;
}

/** A request of a program. */
export interface TokenRouteRequest {
  /** Path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters that occur once. */
  readonly query: Readonly<Record<string, string>>;
  /** The JSON object of the body; empty if there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Address of the program, or of the proxy in front of it. */
  readonly from: string;
}

/** The response, and the fields of its audit line. */
export interface TokenRouteResponse {
  readonly status?: number;
  readonly body: object;
  readonly account?: string | undefined;
  /** The requested credential, such as `token` or `jsapi ticket`. */
  readonly what: string;
  /** The reason of a refusal. Absent: the credential was issued. */
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

/** Returns the remaining whole seconds, at least 1, because some clients read 0 as "for ever". */
export function remainingS({ expiresAtMs }: Credential, nowMs: number): number {
  return Math.max(1, Math.floor((expiresAtMs - nowMs) / 1_000));
}
