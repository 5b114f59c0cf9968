import type { Mode } from './account.js';
import type { Hostile } from './push-request.js';

/** The computation of a signature, step by step. */
export interface SignatureSteps {
  readonly name: 'signature' | 'msg_signature';
  /** Token, timestamp, nonce and, for msg_signature, Encrypt. */
  readonly parts: readonly string[];
  readonly sorted: readonly string[];
  readonly joined: string;
  readonly sha1: string;
}

/** A stage of the server's work from its `Server-Timing` header. */
export interface Stage {
  readonly name: string;
  readonly durationMs?: number;
  readonly description?: string;
}

/** One HTTP request of a push or a handshake. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly startedAtMs: number;
  /** Absent while it runs. */
  readonly endedAtMs?: number;
  readonly outcome: 'running' | 'answered' | 'timeout' | 'connection-error';
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** As sent, sealed if the mode requires it. */
  readonly requestBody: string;
  /** Signatures of the URL and of the envelope, if there is one. */
  readonly signatures: readonly SignatureSteps[];
  /** The same request as a shell command. */
  readonly curl: string;
  readonly connectedAtMs?: number;
  readonly firstByteAtMs?: number;
  readonly status?: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string;
  /** The content of the sealed reply. */
  readonly openedBody?: string;
  readonly stages?: readonly Stage[];
  /** Error code, such as ECONNREFUSED. */
  readonly error?: string;
}

/** A reply as the follower sees it. */
export type ShownReply =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'image' | 'voice'; readonly mediaId: string }
  | { readonly type: 'video'; readonly mediaId: string; readonly title: string; readonly description: string }
  | {
      readonly type: 'music';
      readonly title: string;
      readonly description: string;
      readonly url: string;
      readonly thumbMediaId: string;
    }
  | { readonly type: 'news'; readonly articles: readonly ShownArticle[] }
  | { readonly type: 'transfer_customer_service'; readonly kfAccount: string }
  /** Types that only customer-service messages have. `content` describes it in one line. */
  | {
      readonly type: 'msgmenu';
      readonly head: string;
      readonly items: readonly { readonly id: string; readonly content: string }[];
      readonly tail: string;
    }
  | { readonly type: 'card'; readonly title: string; readonly content: string; readonly url?: string }
  /** `key`: of an event of the follower's, whose kind `content` names in Chinese. */
  | { readonly type: 'other'; readonly content: string; readonly kind?: string; readonly key?: string };

export interface ShownArticle {
  readonly title: string;
  readonly description: string;
  readonly picUrl: string;
  readonly url: string;
}

/** The cause of a failure notice, or of a push that was not sent. */
export type VerdictCause =
  | 'late' //                no complete answer within five seconds, in any try
  | 'connection-refused' //  nobody listens there
  | 'connection-lost' //     the connection broke before a complete answer came
  | 'unreachable' //         no such host, no connection for another reason
  | 'http-status' //         a status other than 200
  | 'not-xml' //             JSON, HTML, plain words
  | 'malformed-xml' //       begins like XML and is not well-formed
  | 'unsealed' //            a plain reply in safe mode
  | 'bad-envelope' //        sealed, but it does not open, or its AppID is another's
  | 'bad-msg-signature' //   MsgSignature does not fit TimeStamp, Nonce and Encrypt
  | 'wrong-from' //          FromUserName is not the account's gh_ id
  | 'wrong-to' //            ToUserName is not the follower
  | 'unknown-type' //        a MsgType that replies do not know
  | 'empty-content' //       a text without Content
  | 'missing-field' //       a required field is absent
  | 'too-long' //            Content of more than 2,048 bytes
  | 'bad-echostr' //         the handshake's answer is not the echostr
  | 'mark-fail' //           not sent: too many failures, pushes stopped for a minute
  | 'not-following' //       not sent: the user does not follow the account
  | 'blacklisted'; //        not sent: the user is on the account's blacklist

/** The outcome that the follower sees. */
export interface Verdict {
  readonly outcome:
    | 'reply' //      a passive reply, in `reply`
    | 'silent' //     nothing: `success` or an empty body
    | 'failure' //    the grey sentence
    | 'refused' //    a hostile push was refused, as it should be
    | 'believed' //   a hostile push got a reply
    | 'accepted' //   the handshake succeeded
    | 'not-sent'; //  WeChat did not push at all
  readonly cause?: VerdictCause;
  /** The notice that the follower sees; only for `failure`. */
  readonly sentence?: string;
  /** The fault, for the developer. */
  readonly zh: string;
  readonly en: string;
  readonly reply?: ShownReply;
  /** Number of the deciding attempt. */
  readonly decidedBy?: number;
  readonly atMs: number;
}

/** What the server did with a push: its handler (empty: none was asked) and the outcome of the attempt, as in its log. */
export interface HandledBy {
  readonly handler: string;
  readonly outcome: string;
}

/** A push with all its attempts, or a handshake (`kind: 'handshake'`). */
export interface Exchange {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  readonly follower: string;
  readonly mode: Mode;
  readonly msgId?: string;
  readonly createTime: number;
  /** The body before sealing. */
  readonly plainBody: string;
  readonly hostile?: Hostile;
  /** Set on simultaneous copies: the id of the first. */
  readonly copyOf?: string;
  /** Set on a replay: the id of the original. */
  readonly replayOf?: string;
  /** Set if WeChat's side caused the push: the id of the exchange or call that led to it. */
  readonly consequenceOf?: string;
  readonly tries: readonly Attempt[];
  readonly state: 'running' | 'done';
  /** Set where the server says so: `npm run dev` does. */
  readonly handledBy?: HandledBy;
  readonly verdict?: Verdict;
}
