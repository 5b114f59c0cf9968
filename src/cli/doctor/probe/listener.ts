import type { Config } from '../../../config/config.js';
import { HttpFailure, type HttpClient } from '../../../ports/http-client.js';
import { AdminRefused, findAdminClient } from '../../admin-client.js';
import { readRunningServer, type RunningServer } from './running-server.js';

/** Facts about the listeners on this machine. */
export interface ListenerFacts {
  /** `127.0.0.1:80` */
  readonly place: string;
  /** `other`: a program that is not this server answers. */
  readonly public: 'ours' | 'other' | 'nobody';
  readonly adminPort: number;
  /** `refused`: our server requires another ADMIN_KEY. */
  readonly admin: RunningServer | 'refused' | 'nobody';
}

const TIMEOUT_MS = 3_000;
const WIDE = new Set(['0.0.0.0', '::', '[::]']);

export async function probeListener(config: Config, http: HttpClient): Promise<ListenerFacts> {
  const { host, port } = config.public;
  const bare = WIDE.has(host) ? '127.0.0.1' : host;
  const place = `${bare.includes(':') && !bare.startsWith('[') ? `[${bare}]` : bare}:${port}`;
  return {
    place,
    public: await whoAnswers(http, place),
    adminPort: config.admin.port,
    admin: await findRunningServer(config),
  };
}

async function whoAnswers(http: HttpClient, place: string): Promise<ListenerFacts['public']> {
  try {
    const url = `http://${place}/healthz`;
    const { status, text } = await http({ method: 'GET', url, timeoutMs: TIMEOUT_MS, newConnection: true });
    return status === 200 && text === '{"status":"ok"}' ? 'ours' : 'other';
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return error.sent ? 'other' : 'nobody';
  }
}

/** Reads the status of the running server; called again after the probes, for its record of them. */
export async function findRunningServer(config: Config): Promise<ListenerFacts['admin']> {
  try {
    const client = await findAdminClient(config);
    return client === undefined ? 'nobody' : readRunningServer(await client.request('GET', '/status'));
  } catch (error) {
    if (error instanceof AdminRefused) return 'refused';
    if (error instanceof HttpFailure) return 'nobody';
    throw error;
  }
}
