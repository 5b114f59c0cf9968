import { randomInt } from 'node:crypto';
import type { Clock } from '../../ports/clock.js';
import type { Events } from '../../ports/events.js';
import { HttpFailure, type HttpClient, type HttpResponse } from '../../ports/http-client.js';
import { sleep } from '../../ports/sleep.js';
import { wallTime } from '../../ports/clock.js';
import { AppError } from '../../protocol/app-error.js';
import { createCipher } from '../../protocol/cipher.js';
import type { AppId } from '../../protocol/ids.js';
import { openPassiveReply } from '../../protocol/open-passive-reply.js';
import type { Push } from '../../protocol/push/push.js';
import { readPassiveReply } from '../../protocol/read-passive-reply.js';
import type { Reply } from '../../protocol/reply.js';
import { signPush, type PushKeys } from '../../protocol/sign-push.js';
import type { AskBackend, Backend } from './backend.js';
import { BackendDown, BackendError, BackendFailed, type BackendFault } from './backend-error.js';
import { FAULT_SENTENCES } from './fault-sentences.js';

/** There is no backend to forward to, or no key to seal with. */
export class BackendMissing extends AppError {
  readonly code = 'backend_missing';
}

/** Everything that `FORWARD_…` or the account leave open. */
export interface DefaultBackend extends Backend {
  readonly token: string;
}

export interface AskBackendDeps {
  readonly appId: AppId;
  /** Name of the account. */
  readonly account: string;
  readonly defaults: DefaultBackend;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly events: Events;
}

const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** Far above any reply. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Pauses before the tries that a backend that is down gets at once: a restart is often over by then. */
const PAUSES_MS = [250, 750, 1_500];
/** Statuses of a proxy whose backend is away. */
const AWAY = new Set([502, 503, 504]);
const CONTENT_TYPE = 'text/xml; charset=utf-8';

/** Creates what sends the pushes of an account to backends. */
export function createAskBackend(deps: AskBackendDeps): (push: Push) => AskBackend {
  const { account, clock, events } = deps;
  const keysOf = createKeyring(deps);

  const failure = (url: URL, fault: BackendFault, detail = ''): BackendError => {
    const where = `${url.origin}${url.pathname}`;
    const message = `The backend ${where} ${FAULT_SENTENCES[fault]}${detail === '' ? '' : ` (${detail})`}`;
    const Failure = fault === 'down' ? BackendDown : BackendFailed;
    return new Failure(message, { fault, atMs: clock.now() });
  };

  async function ask(push: Push, backend: Backend, signal: AbortSignal): Promise<Reply | undefined> {
    const { url: to, timeoutMs = TIMEOUT_MS } = { ...deps.defaults, ...backend };
    if (to === undefined)
      throw new BackendMissing(
        `The account "${account}" has no backend to forward to: set FORWARD_URL, or give forward a url`,
      );
    const keys = keysOf(backend);
    const signed = signPush(
      {
        to,
        push: push.raw,
        account: push.account,
        user: push.user,
        timestamp: String(Math.floor(wallTime(clock) / 1_000)),
        nonce: String(randomInt(100_000_000, 2_147_483_647)),
      },
      keys,
    );
    let response: HttpResponse;
    try {
      response = await deps.http({
        method: 'POST',
        url: signed.url.href,
        content: { type: CONTENT_TYPE, pieces: [Buffer.from(signed.body)] },
        timeoutMs,
        connectMs: CONNECT_TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
        signal,
      });
    } catch (error) {
      if (!(error instanceof HttpFailure) || error.kind === 'aborted') throw error;
      throw failure(signed.url, faultOf(error), error.message);
    }
    const { status } = response;
    if (status !== 200) throw failure(signed.url, AWAY.has(status) ? 'down' : 'status', `status ${status}`);
    const opened = openPassiveReply(response.text, keys);
    if (opened.type === 'silence') return undefined;
    if (opened.type === 'fault') throw failure(signed.url, opened.fault);
    const toMessage = push.kind.startsWith('message.');
    const read = readPassiveReply(opened.fields, { user: push.user, account: push.account, toMessage });
    if (read.ok) return read.reply;
    const detail = read.fault === 'missing-field' ? (read.detail ?? '') : '';
    throw failure(signed.url, read.fault, detail);
  }

  /** Tries a backend that is down again, for `patienceMs`. */
  async function askPatiently(push: Push, backend: Backend, patienceMs: number, signal: AbortSignal) {
    let leftMs = patienceMs;
    for (const pauseMs of PAUSES_MS) {
      if (leftMs < pauseMs) break;
      try {
        return await ask(push, backend, signal);
      } catch (error) {
        if (!(error instanceof BackendDown) || signal.aborted) throw error;
      }
      await sleep(clock, pauseMs);
      leftMs -= pauseMs;
    }
    return ask(push, backend, signal);
  }

  return (push) =>
    async (backend, { patienceMs, signal }) => {
      try {
        return await askPatiently(push, backend, patienceMs, signal);
      } catch (error) {
        if (error instanceof BackendError) {
          const { fault, message: detail } = error;
          const { id: pushId, user, kind } = push;
          events.emit({ type: 'backend.failed', account, fault, detail, pushId, user, kind });
        }
        throw error;
      }
    };
}

function faultOf({ kind }: HttpFailure): BackendFault {
  if (kind === 'answer-timeout') return 'hung';
  return kind === 'too-large' ? 'too-large' : 'down';
}

/** Creates the cipher of each key once. @throws BackendMissing without a needed key */
function createKeyring({ appId, account, defaults }: AskBackendDeps): (backend: Backend) => PushKeys {
  const ciphers = new Map<string, ReturnType<typeof createCipher>>();
  return (backend) => {
    const { token, encodingAesKey: key, mode = 'plaintext' } = { ...defaults, ...backend };
    if (mode === 'plaintext') return { token, mode, cipher: undefined };
    if (key === undefined)
      throw new BackendMissing(
        `The backend of the account "${account}" is in ${mode} mode, and there is no AES key: set FORWARD_AES_KEY, or FORWARD_MODE=plaintext`,
      );
    let cipher = ciphers.get(key);
    if (cipher === undefined) ciphers.set(key, (cipher = createCipher(key, appId)));
    return { token, mode, cipher };
  };
}
