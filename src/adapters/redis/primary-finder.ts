import { Redis, type RedisOptions } from 'ioredis';
import type { HostPort } from '../../config/redis-config.js';
import type { AskForPrimary } from './find-primary.js';
import { reasonOf } from './reason-of.js';

/** Servers that may know the primary, and the access to them. */
export interface Witnesses {
  readonly nodes: readonly HostPort[];
  /** User, password and TLS of these servers. */
  readonly access: Omit<RedisOptions, 'replyMapping'>;
  readonly ask: AskForPrimary;
  /** Prefix of the reasons of their refusals, if they have a password of their own. */
  readonly reasonPrefix?: string;
}

/** Limit of an answer; then the next server is asked. */
const ASK_TIMEOUT_MS = 1_000;
const REFUSALS = ['NOAUTH', 'WRONGPASS', 'NOPERM'];

/** No server knows the primary. `code`: the reason, as returned by `reasonOf`. */
export class PrimaryNotFound extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`no server says where the primary is: ${code}`);
    this.code = code;
  }
}

/** Asks Sentinels, or nodes of a cluster, for the primary. */
export class PrimaryFinder {
  readonly #witnesses: Witnesses;
  #next = 0;

  constructor(witnesses: Witnesses) {
    this.#witnesses = witnesses;
  }

  /**
   * Asks the servers in turn, beginning with the last that answered. @throws PrimaryNotFound with a cause for each
   * reason
   */
  async find(): Promise<HostPort> {
    const { nodes, reasonPrefix = '' } = this.#witnesses;
    const reasons = new Set<string>();
    for (const _ of nodes) {
      const node = nodes[this.#next % nodes.length];
      if (node === undefined) break;
      try {
        return await this.#askOne(node);
      } catch (error) {
        const reason = reasonOf(error);
        reasons.add(`${REFUSALS.includes(reason) ? reasonPrefix : ''}${reason}`);
        this.doubt();
      }
    }
    throw new AggregateError([...reasons].map((reason) => new PrimaryNotFound(reason)));
  }

  /** Called if the found primary may be wrong: the next search begins with another server. */
  doubt(): void {
    this.#next += 1;
  }

  /** True if most of all servers, including silent ones, name this primary, and none names another. */
  async agree({ host, port }: HostPort): Promise<boolean> {
    const { nodes } = this.#witnesses;
    const answers = await Promise.allSettled(nodes.map((node) => this.#askOne(node)));
    const named = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    return named.length > nodes.length / 2 && named.every((one) => one.host === host && one.port === port);
  }

  async #askOne(node: HostPort): Promise<HostPort> {
    const { access, ask } = this.#witnesses;
    const client = new Redis({
      ...access,
      ...node,
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: ASK_TIMEOUT_MS,
      commandTimeout: ASK_TIMEOUT_MS,
      retryStrategy: () => null,
    });
    // The first reason is the cause: a refused password comes before the closed connection.
    let first: unknown;
    client.on('error', (error: unknown) => (first ??= error));
    try {
      await client.connect();
      return await ask(client, node);
    } catch (error) {
      throw first ?? error;
    } finally {
      client.disconnect();
    }
  }
}
