export type FaultKind =
  | 'delay' //              wait `delayMs`, then answer as usual
  | 'reset-before' //       cut the connection, the call has no effect
  | 'reset-after' //        the call takes effect, then the connection is cut
  | 'half-answer' //        the call takes effect, half of the answer is sent, then the connection is cut
  | 'http-status' //        `status` (502), empty body
  | 'html' //               200 and an HTML page
  | 'content-type' //       the right answer under `contentType` (text/plain)
  | 'errcode' //            `errcode`, with `errmsg` or the platform's own
  | 'token-invalid' //      40001 on business calls
  | 'ip-not-whitelisted' // 40164 with the address
  | 'quota-spent' //        45009
  | 'window-closed' //      45015
  | 'no-permission'; //     48001

/** A simulated fault of the API: its kind, its place, its number of calls. */
export interface Fault {
  readonly id: string;
  readonly kind: FaultKind;
  /** API path such as `/cgi-bin/message/custom/send`, or `*`. */
  readonly path: string;
  /** `api`, `api2`, `sh`, `sz`, `hk`, or `*`. */
  readonly accessPoint: string;
  /** Calls left; -1: until it is removed. */
  readonly calls: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly contentType?: string;
  readonly errcode?: number;
  readonly errmsg?: string;
}

/** `POST /api/faults`: path and accessPoint default to `*`, calls to 1. */
export type FaultRequest = Pick<Fault, 'kind'> & Partial<Omit<Fault, 'id' | 'kind'>>;

/** A call of the API, as the sandbox recorded it. */
export interface ApiCall {
  readonly id: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly accessPoint: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly status: number;
  /** Cut at 16 KiB; for files only the size. */
  readonly responseBody: string;
  readonly errcode: number;
  readonly rid?: string;
  /** Kinds of the faults that applied. */
  readonly faults: readonly FaultKind[];
}

export interface TokenView {
  readonly channel: 'ordinary' | 'stable';
  readonly token: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** current: the newest of its channel; overlap: replaced but valid; dead: invalid. */
  readonly state: 'current' | 'overlap' | 'dead';
}

/** The customer-service messages that may still be sent to a follower. */
export interface WindowView {
  readonly follower: string;
  readonly open: boolean;
  /** The trigger that opened it: message, menu, follow, scan. */
  readonly openedBy?: string;
  readonly remaining: number;
  readonly endsAtMs?: number;
}

export interface QuotaView {
  readonly path: string;
  readonly dailyLimit: number;
  readonly used: number;
}

export interface Book {
  readonly tokens: readonly TokenView[];
  /** Forced refreshes of the stable channel left today. */
  readonly forcedLeft: number;
  readonly windows: readonly WindowView[];
  readonly quotas: readonly QuotaView[];
}

/** `POST /api/book`. */
export type BookRequest =
  | { readonly action: 'invalidate-tokens'; readonly channel?: 'ordinary' | 'stable' }
  | { readonly action: 'close-window'; readonly follower?: string }
  | { readonly action: 'spend-quota'; readonly path: string }
  | { readonly action: 'reset-quotas' };
