import type { Clock } from '../../ports/clock.js';
import { HttpFailure, type HttpClient } from '../../ports/http-client.js';
import type { Logger } from '../../ports/logger.js';
import type { AlarmNotice } from './alarm.js';
import { isTaken, webhookBody, webhookKind, type NoticeContext } from './webhook-body.js';

const TIMEOUT_MS = 5_000;
/** Pauses before retries. A notice that still fails is dropped; the log has it. */
const BACKOFF_MS = [1_000, 5_000, 30_000, 120_000];
/** Limit of waiting notices per webhook; beyond it the oldest are dropped. */
const MAX_WAITING = 100;

/** Result of one webhook call. The address is a secret, so only its `host` is shown. */
export interface WebhookResult {
  readonly host: string;
  readonly ok: boolean;
  /** Status or error; for a robot's refusal, its message. */
  readonly detail: string;
}

export interface Webhooks {
  /** Posts a notice to all webhooks, in the background and in order. Never throws. */
  post(notice: AlarmNotice, context: NoticeContext): void;
  /** Posts once to each webhook and returns the results. */
  tryAll(notice: AlarmNotice, context: NoticeContext): Promise<readonly WebhookResult[]>;
  /** Drops waiting notices. */
  stop(): void;
}

/** Posts alarms to the addresses of `ALARM_WEBHOOK_URLS`. A webhook that hangs or refuses delays only itself. */
export function createWebhooks(deps: {
  readonly urls: readonly string[];
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Logger;
}): Webhooks {
  const { urls, http, clock, log } = deps;
  const stopping = new AbortController();

  async function postOnce(url: string, notice: AlarmNotice, context: NoticeContext): Promise<WebhookResult> {
    const kind = webhookKind(url);
    const { host } = new URL(url);
    try {
      const body = JSON.stringify(webhookBody(kind, notice, context));
      const answer = await http({
        method: 'POST',
        url,
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: 64 * 1024,
        signal: stopping.signal,
      });
      const ok = isTaken(kind, answer.status, answer.text);
      const said = ok || kind === 'json' ? '' : ` ${answer.text.slice(0, 200)}`;
      return { host, ok, detail: `status ${answer.status}${said}` };
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { host, ok: false, detail: error.kind };
    }
  }

  const queues = urls.map((url) => {
    const waiting: { notice: AlarmNotice; context: NoticeContext }[] = [];
    let isPosting = false;

    async function drain(): Promise<void> {
      for (let next = waiting[0]; next !== undefined && !stopping.signal.aborted; next = waiting[0]) {
        await postWithRetries(next.notice, next.context);
        waiting.shift();
      }
    }

    async function postWithRetries(notice: AlarmNotice, context: NoticeContext): Promise<void> {
      for (const backoffMs of [...BACKOFF_MS, undefined]) {
        const { ok, host, detail } = await postOnce(url, notice, context);
        if (ok || stopping.signal.aborted) return;
        const about = { host, alarm: notice.alarm.alarm, detail };
        if (backoffMs === undefined) return log.error(about, 'webhook failed: the notice was dropped');
        log.warn({ ...about, afterMs: backoffMs }, 'webhook failed: retry scheduled');
        await pause(backoffMs);
      }
    }

    return (notice: AlarmNotice, context: NoticeContext): void => {
      waiting.push({ notice, context });
      if (waiting.length > MAX_WAITING) waiting.splice(1, 1); // the first one is being sent
      if (isPosting) return;
      isPosting = true;
      drain()
        .catch((error: unknown) => log.error({ err: error }, 'webhook failed: a fault of ours'))
        .finally(() => (isPosting = false));
    };
  });

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.schedule(ms, resolve, { background: true });
      stopping.signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }

  return {
    post(notice, context) {
      for (const enqueue of queues) enqueue(notice, context);
    },
    tryAll: (notice, context) => Promise.all(urls.map((url) => postOnce(url, notice, context))),
    stop: () => stopping.abort(),
  };
}
