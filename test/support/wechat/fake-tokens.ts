interface Issued {
  readonly token: string;
  readonly expiresAtMs: number;
}

const OVERLAP_MS = 300_000;
const FORCED_APART_MS = 30_000;

/** WeChat's two token channels, each with its own current token; the previous one stays valid for five minutes. */
export class FakeTokens {
  lifetimeS = 7_200;
  /** Ends every token: real ones are long, and easy to find in a log. */
  tail = '';

  private readonly options: { readonly appId: string; readonly secret: string; readonly now: () => number };
  private readonly current: { stable?: Issued; ordinary?: Issued } = {};
  /** Token to the moment it stops being accepted. */
  private readonly validUntil = new Map<string, number>();
  private lastForcedMs = -Infinity;
  private issued = 0;

  constructor(options: { readonly appId: string; readonly secret: string; readonly now: () => number }) {
    this.options = options;
  }

  stable(body: Record<string, unknown> | undefined): object {
    const refused = this.refuseCredentials(body?.['grant_type'], body?.['appid'], body?.['secret']);
    if (refused !== undefined) return refused;
    const nowMs = this.options.now();
    const mayForce = body?.['force_refresh'] === true && nowMs - this.lastForcedMs >= FORCED_APART_MS;
    const { stable } = this.current;
    if (stable !== undefined && !mayForce && stable.expiresAtMs - nowMs > OVERLAP_MS)
      return this.answer(stable);
    if (mayForce) {
      this.lastForcedMs = nowMs;
      if (stable !== undefined) this.validUntil.delete(stable.token);
    }
    return this.answer(this.issue('stable'));
  }

  ordinary(query: URLSearchParams): object {
    const refused = this.refuseCredentials(query.get('grant_type'), query.get('appid'), query.get('secret'));
    return refused ?? this.answer(this.issue('ordinary'));
  }

  /** Returns the refusal of an API call with this token; undefined if the token is valid. */
  refusalOf(token: string | null): object | undefined {
    if (token === null || token === '') return refusal(41001, 'access_token missing');
    const untilMs = this.validUntil.get(token);
    if (untilMs === undefined) {
      return refusal(40001, 'invalid credential, access_token is invalid or not latest');
    }
    return untilMs > this.options.now() ? undefined : refusal(42001, 'access_token expired');
  }

  invalidate(isRepeated: boolean): void {
    this.validUntil.clear();
    if (isRepeated) return;
    delete this.current.stable;
    delete this.current.ordinary;
  }

  private issue(channel: 'stable' | 'ordinary'): Issued {
    const nowMs = this.options.now();
    const last = this.current[channel];
    if (last !== undefined && this.validUntil.has(last.token)) {
      this.validUntil.set(last.token, Math.min(last.expiresAtMs, nowMs + OVERLAP_MS));
    }
    this.issued += 1;
    const expiresAtMs = nowMs + this.lifetimeS * 1_000;
    const next = { token: `${this.issued}_${channel}${this.tail}`, expiresAtMs };
    this.validUntil.set(next.token, expiresAtMs);
    this.current[channel] = next;
    return next;
  }

  private answer({ token, expiresAtMs }: Issued): object {
    return { access_token: token, expires_in: Math.floor((expiresAtMs - this.options.now()) / 1_000) };
  }

  private refuseCredentials(grantType: unknown, appId: unknown, secret: unknown): object | undefined {
    if (grantType !== 'client_credential') return refusal(40002, 'invalid grant_type');
    if (appId !== this.options.appId) return refusal(40013, 'invalid appid');
    return secret === this.options.secret ? undefined : refusal(40125, 'invalid appsecret');
  }
}

/** As WeChat ends its texts since 2020. */
export function refusal(errcode: number, errmsg: string): { errcode: number; errmsg: string } {
  return { errcode, errmsg: `${errmsg} rid: 00000000-00000000-00000000` };
}
