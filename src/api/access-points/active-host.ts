import type { Logger } from '../../ports/logger.js';
import type { Host } from './host.js';

/**
 * Selects the host for calls. It changes only when the current host is no longer healthy, or when the first configured
 * host is healthy again.
 */
export class HostSelector {
  current: Host;
  /** Number of changes of `current`. */
  switches = 0;
  readonly #hosts: readonly [Host, ...Host[]];
  readonly #log: Logger;

  constructor(hosts: readonly [Host, ...Host[]], log: Logger) {
    this.#hosts = hosts;
    this.#log = log;
    this.current = hosts[0];
  }

  /**
   * Returns all hosts in order: the current one, other healthy ones as configured, slow ones, then failed ones, longest
   * ago first.
   */
  order(): Host[] {
    return [...this.#hosts].sort((a, b) => rank(a) - rank(b) || this.#first(a, b));
  }

  #first(a: Host, b: Host): number {
    if (a.isHealthy) return Number(b === this.current) - Number(a === this.current);
    return a.lostAtMs - b.lostAtMs;
  }

  /** Returns the other hosts that can replace the current one, as configured. */
  others(): Host[] {
    return this.#hosts.filter((host) => host !== this.current && host.isHealthy);
  }

  /** Returns to the first host if it is healthy. */
  returnToFirst(): void {
    if (this.#hosts[0].isHealthy) this.moveTo(this.#hosts[0], 'it is well again');
  }

  moveTo(host: Host, why: string): void {
    if (host === this.current) return;
    this.#log.warn(
      { from: this.current.name, to: host.name },
      `failover: calls go to another access point, ${why}`,
    );
    this.current = host;
    this.switches += 1;
  }
}

const rank = ({ trust }: Host): number => (trust === 'trusted' ? 0 : trust === 'slow' ? 1 : 2);
