import type { Logger } from '../../ports/logger.js';
import type { Host } from './host.js';

/**
 * Which host calls go to. It stays the same until it is no longer trusted, or until the first of the configuration,
 * whose turn it is by right, is trusted again. Whatever the others do meanwhile moves nothing.
 */
export class HostSelector {
  current: Host;
  /** How often `current` changed. */
  switches = 0;
  readonly #hosts: readonly [Host, ...Host[]];
  readonly #log: Logger;

  constructor(hosts: readonly [Host, ...Host[]], log: Logger) {
    this.#hosts = hosts;
    this.#log = log;
    this.current = hosts[0];
  }

  /** All hosts: the current one, other trusted ones as configured, slow ones, those that failed longest ago. */
  order(): Host[] {
    return [...this.#hosts].sort((a, b) => rank(a) - rank(b) || this.#first(a, b));
  }

  #first(a: Host, b: Host): number {
    if (a.isHealthy) return Number(b === this.current) - Number(a === this.current);
    return a.lostAtMs - b.lostAtMs;
  }

  /** The other hosts that can take over, as configured. */
  others(): Host[] {
    return this.#hosts.filter((host) => host !== this.current && host.isHealthy);
  }

  /** Returns to the first host where it is trusted. */
  returnToFirst(): void {
    if (this.#hosts[0].isHealthy) this.moveTo(this.#hosts[0], 'it is well again');
  }

  moveTo(host: Host, why: string): void {
    if (host === this.current) return;
    this.#log.warn({ from: this.current.name, to: host.name }, `calls go to another access point: ${why}`);
    this.current = host;
    this.switches += 1;
  }
}

const rank = ({ trust }: Host): number => (trust === 'trusted' ? 0 : trust === 'slow' ? 1 : 2);
