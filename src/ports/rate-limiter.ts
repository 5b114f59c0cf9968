/** Rate limits over a sliding window, shared by all processes. */
export interface RateLimiter {
  /** Counts one more under `name`, unless `limit` were counted within the last `perMs`. False: not counted. */
  tryAcquireRate(request: {
    readonly name: string;
    readonly limit: number;
    readonly perMs: number;
    readonly nowMs: number;
  }): Promise<boolean>;
}
