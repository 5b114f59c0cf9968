import type { Mode, Account, AccessPointView } from './account.js';
import type { Fault, ApiCall, Book } from './api-call.js';
import type { ChatItem, Follower, MenuButton } from './chat.js';
import type { Verdict, Exchange } from './exchange.js';
import type { Hostile } from './push-request.js';

/** `GET /api/state`: the data for the first rendering of the page. */
export interface State {
  readonly nowMs: number;
  /** Amount by which the clock was moved. */
  readonly movedMs: number;
  readonly account: Account;
  readonly accessPoints: readonly AccessPointView[];
  readonly followers: readonly Follower[];
  readonly faults: readonly Fault[];
  readonly markFail: { readonly failures: number; readonly blockedUntilMs?: number };
  readonly book: Book;
  /** Newest last, the last 50. */
  readonly exchanges: readonly Exchange[];
  readonly chat: readonly ChatItem[];
  readonly calls: readonly ApiCall[];
}

/** An event of `GET /api/events`: the name of the SSE event and its `data`, as JSON. */
export type SandboxEvent =
  | { readonly event: 'exchange'; readonly data: Exchange } //  new or changed, always whole
  | { readonly event: 'chat'; readonly data: ChatItem }
  | { readonly event: 'call'; readonly data: ApiCall }
  | { readonly event: 'follower'; readonly data: Follower } //  new or changed
  | { readonly event: 'account'; readonly data: Account }
  | { readonly event: 'faults'; readonly data: readonly Fault[] }
  | { readonly event: 'book'; readonly data: Book }
  | { readonly event: 'menu'; readonly data: { readonly current: readonly MenuButton[] | null } }
  | { readonly event: 'clock'; readonly data: { readonly nowMs: number; readonly movedMs: number } }
  | { readonly event: 'mark-fail'; readonly data: State['markFail'] }
  | { readonly event: 'reset'; readonly data: Record<string, never> }; // everything changed: fetch /api/state

/** Pushes and their responses, for a file that can be pushed again as a test. */
export interface Transcript {
  readonly format: 'wechat-callback-sandbox/1';
  readonly savedAtMs: number;
  readonly exchanges: readonly TranscriptEntry[];
}

export interface TranscriptEntry {
  readonly kind: string;
  readonly follower: string;
  readonly mode: Mode;
  readonly plainBody: string;
  readonly hostile?: Hostile;
  /** Since the first entry. */
  readonly afterMs: number;
  readonly verdict: Pick<Verdict, 'outcome' | 'cause' | 'reply'>;
}

/** `POST /api/transcript/replay`: the verdict of each repeated push, compared with the recorded one. */
export interface TranscriptReport {
  readonly passed: number;
  readonly failed: number;
  readonly entries: readonly {
    readonly kind: string;
    readonly passed: boolean;
    readonly expected: TranscriptEntry['verdict'];
    readonly actual: TranscriptEntry['verdict'];
    readonly exchange: string;
  }[];
}

/** Body of every 4xx answer of the JSON API. */
export interface ApiProblem {
  readonly error: string;
}
