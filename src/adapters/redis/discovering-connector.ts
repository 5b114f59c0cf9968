import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { HostPort } from '../../config/redis-config.js';
import type { PrimaryFinder } from './primary-finder.js';

const ASK_AGAIN_MS = 300;
const DISCONNECT_TIMEOUT_MS = 2_000;

/** Checks, by connection, whether its server is still the primary. */
const checks = new WeakMap<object, () => Promise<boolean>>();

/**
 * True if most Sentinels, or nodes of the cluster, still name the connection's server as primary. A server given by URL
 * is trusted.
 */
export const isStillPrimary = (stream: object): Promise<boolean> =>
  checks.get(stream)?.() ?? Promise.resolve(true);

/**
 * Creates a connector that connects to the current primary. After a failover the next connection uses the new one.
 *
 * ioredis has its own clients for Sentinel and for clusters. Its cluster client repeats a command after a lost
 * connection, and has no single stream to monitor and to batch writes on. All our keys are in one slot, so a plain
 * connection to its server suffices (docs/decisions/0050).
 */
export function discovering(finder: PrimaryFinder): new (options: unknown) => AbstractConnector {
  return class extends AbstractConnector {
    readonly #tls: object | undefined;

    constructor(options: unknown) {
      super(DISCONNECT_TIMEOUT_MS);
      this.#tls = tlsOf(options);
    }

    override async connect(emit: (type: string, error: Error) => void): Promise<Socket> {
      this.connecting = true;
      const primary = await this.#find(emit);
      this.stream =
        this.#tls === undefined ? createConnection(primary) : connectTls({ ...primary, ...this.#tls });
      this.stream.once('error', (error) => (this.firstError = error));
      this.stream.once('close', () => finder.doubt());
      checks.set(this.stream, () => finder.agree(primary));
      return this.stream;
    }

    /** A rejection would end the client permanently, so this only rejects after the client was closed. */
    async #find(emit: (type: string, error: Error) => void): Promise<HostPort> {
      while (this.connecting) {
        try {
          const primary = await finder.find();
          if (this.connecting) return primary;
        } catch (error) {
          for (const reason of error instanceof AggregateError ? error.errors : [error])
            if (this.connecting) emit('error', reason instanceof Error ? reason : new Error(String(reason)));
          await pause(ASK_AGAIN_MS);
        }
      }
      throw new Error('Connection is closed.');
    }
  };
}

/** Returns the TLS settings of the options that ioredis passes. */
const tlsOf = (options: unknown): object | undefined =>
  typeof options === 'object' && options !== null && 'tls' in options && typeof options.tls === 'object'
    ? (options.tls ?? undefined)
    : undefined;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
