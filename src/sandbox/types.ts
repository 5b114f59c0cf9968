/*
 * What travels over the sandbox's JSON API and its event stream: plain data, the same words in `openapi.json`.
 * Times are milliseconds since 1970 on the sandbox's clock, which can be moved; durations are milliseconds.
 */

/** How bodies travel: 明文, 兼容, 安全. */
export type Mode = 'plaintext' | 'compatible' | 'safe';

/** What kind of account WeChat's side plays: decides which APIs answer 48001. */
export type AccountKind =
  'service-verified' | 'service-unverified' | 'subscription-verified' | 'subscription-unverified' | 'test';

/** The account under test. All of it is made up, so nothing of it is hidden. */
export interface Account {
  /** Where pushes go: the callback URL, query allowed. */
  readonly target: string;
  readonly appId: string;
  readonly appSecret: string;
  /** The callback token (Token of the console's form). */
  readonly token: string;
  /** 43 letters and digits; needed for compatible and safe mode. */
  readonly encodingAesKey: string;
  /** `gh_…`: ToUserName of every push. */
  readonly originalId: string;
  readonly mode: Mode;
  readonly kind: AccountKind;
  readonly name: string;
  /** Host that OAuth may return to; empty: any. */
  readonly oauthDomain: string;
}

/** One field of a push: text becomes CDATA, a number stands bare, a list repeats the element, an object nests. */
export type PushField = string | number | PushFields | readonly (string | number | PushFields)[];
export interface PushFields {
  readonly [name: string]: PushField;
}

/** Something to push, ready to be filled in. */
export interface PushTemplate {
  /** The kind, or kind and variant: `message.text`, `message.text.unsupported`. What `PushRequest.kind` takes. */
  readonly id: string;
  /** `message.text`, `event.CLICK`, … */
  readonly kind: string;
  /** Which picker it belongs to: message, follow, menu, send-result, card, … */
  readonly group: string;
  readonly zh: string;
  readonly en: string;
  /** All but ToUserName, FromUserName, CreateTime, MsgType, Event and MsgId, which the sandbox writes. */
  readonly fields: PushFields;
  /** Whether the platform shows a passive reply to this push. */
  readonly answerable: 'yes' | 'possible' | 'no';
}

/** A push that WeChat would never send; a good server refuses it, so an empty 403 is the wanted end. */
export type Hostile =
  | 'bad-signature' //  one digit of signature and msg_signature changed
  | 'no-signature' //   the parameters are absent
  | 'old-timestamp' //  signed correctly, an hour ago
  | 'other-app-id' //   sealed for another AppID (compatible and safe mode)
  | 'other-account' //  ToUserName of another account
  | 'plaintext' //      not sealed although the mode is safe
  | 'cut-body' //       the second half is missing, the signature is good
  | 'doctype'; //       a DOCTYPE with an entity

/** What to push. Give `xml` to send a body of your own (it is still signed and sealed), else `kind` and `fields`. */
export interface PushRequest {
  /** OpenID; the first follower where absent. */
  readonly follower?: string;
  /** Id of a template, or any `message.…` or `event.…`. Default `message.text`. */
  readonly kind?: string;
  /** Laid over the template's. ToUserName, FromUserName, CreateTime and MsgId may be set here as well. */
  readonly fields?: PushFields;
  readonly xml?: string;
  readonly mode?: Mode;
  /** The same push this many times at once. Default 1, at most 200. */
  readonly copies?: number;
  readonly hostile?: Hostile;
  /** Milliseconds to wait for each try instead of 5,000. */
  readonly timeoutMs?: number;
  /** Tries at most, instead of 3. */
  readonly tries?: number;
  /** false: answer at once, the exchanges still running. Default true: after the verdicts. */
  readonly wait?: boolean;
}

/** Push something again: the same MsgId and CreateTime unless `fresh`. */
export interface ReplayRequest {
  /** Id of the exchange. */
  readonly exchange: string;
  /** A new MsgId and CreateTime: a new push with the same content. */
  readonly fresh?: boolean;
  readonly fields?: PushFields;
  readonly xml?: string;
  readonly copies?: number;
  readonly hostile?: Hostile;
  readonly wait?: boolean;
}

/** How a signature is worked out, step by step. */
export interface SignatureSteps {
  readonly name: 'signature' | 'msg_signature';
  /** Token, timestamp, nonce and, for msg_signature, Encrypt. */
  readonly parts: readonly string[];
  readonly sorted: readonly string[];
  readonly joined: string;
  readonly sha1: string;
}

/** One stage of the server's work as it told in a `Server-Timing` header. */
export interface Stage {
  readonly name: string;
  readonly durationMs?: number;
  readonly description?: string;
}

/** One HTTP request of a push or a handshake. */
export interface Try {
  /** From 1. */
  readonly number: number;
  readonly startedAtMs: number;
  /** Absent while it runs. */
  readonly endedAtMs?: number;
  readonly outcome: 'running' | 'answered' | 'timeout' | 'connection-error';
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** As sent: sealed where the mode says so. */
  readonly requestBody: string;
  /** Of the URL, and of the envelope where there is one. */
  readonly signatures: readonly SignatureSteps[];
  /** The same request as a shell command. */
  readonly curl: string;
  readonly connectedAtMs?: number;
  readonly firstByteAtMs?: number;
  readonly status?: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string;
  /** What was inside the sealed reply. */
  readonly openedBody?: string;
  readonly stages?: readonly Stage[];
  /** ECONNREFUSED and its like. */
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
  /** Customer-service messages that passive replies do not know. `content` is one line that tells what it is. */
  | {
      readonly type: 'msgmenu';
      readonly head: string;
      readonly items: readonly { readonly id: string; readonly content: string }[];
      readonly tail: string;
    }
  | { readonly type: 'card'; readonly title: string; readonly content: string; readonly url?: string }
  | { readonly type: 'other'; readonly content: string };

export interface ShownArticle {
  readonly title: string;
  readonly description: string;
  readonly picUrl: string;
  readonly url: string;
}

/** Why the follower saw the grey sentence, or why nothing was pushed. */
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
  | 'not-following'; //      not sent: the user does not follow the account

/** What the follower sees in the end. */
export interface Verdict {
  readonly outcome:
    | 'reply' //      a passive reply, in `reply`
    | 'silent' //     nothing: `success` or an empty body
    | 'failure' //    the grey sentence
    | 'refused' //    a hostile push was refused, as it should be
    | 'accepted' //   the handshake succeeded
    | 'not-sent'; //  WeChat did not push at all
  readonly cause?: VerdictCause;
  /** The sentence the follower reads; only for `failure`. */
  readonly sentence?: string;
  /** What is wrong, for the developer. */
  readonly zh: string;
  readonly en: string;
  readonly reply?: ShownReply;
  /** Number of the try that decided. */
  readonly decidedBy?: number;
  readonly atMs: number;
}

/** One push with all its tries, or a handshake (`kind: 'handshake'`). */
export interface Exchange {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  readonly follower: string;
  readonly mode: Mode;
  readonly msgId?: string;
  readonly createTime: number;
  /** What was pushed, before sealing. */
  readonly plainBody: string;
  readonly hostile?: Hostile;
  /** Set on copies that left together: the id of the first of them. */
  readonly copyOf?: string;
  /** Set on a replay: the id of the original. */
  readonly replayOf?: string;
  /** Set where WeChat's side pushed by itself: the id of the exchange or call that led to it. */
  readonly consequenceOf?: string;
  readonly tries: readonly Try[];
  readonly state: 'running' | 'done';
  readonly verdict?: Verdict;
}

/** A line of the chat as the follower sees it. */
export interface ChatItem {
  readonly id: string;
  readonly follower: string;
  readonly atMs: number;
  readonly from: 'follower' | 'account' | 'system';
  /** How it came: pushed by the follower, passive reply, customer-service message, … */
  readonly via:
    'push' | 'passive' | 'customer-service' | 'template' | 'notice' | 'subscribe-once' | 'platform';
  readonly shown: ShownReply;
  /** The push it belongs to; for later messages the follower's last push. */
  readonly exchange?: string;
  /** For later messages: how long after that push began. */
  readonly afterMs?: number;
  /** For messages that came by an API call: its id. */
  readonly call?: string;
}

export interface Follower {
  readonly openId: string;
  readonly unionId: string;
  readonly nickname: string;
  readonly following: boolean;
  readonly followedAtMs: number;
  readonly scene: string;
  readonly qrScene: string;
  readonly remark: string;
  readonly tagIds: readonly number[];
  readonly blacklisted: boolean;
  /** The user switched messages off: sends fail with 48002, templates with "failed:user block". */
  readonly refusesMessages: boolean;
  /** Template id → opt-ins left for subscription notices. */
  readonly optIns: Readonly<Record<string, number>>;
  /** While "对方正在输入…" is shown. */
  readonly typingUntilMs?: number;
}

/** What a follower does. `tap` presses the menu bar: `button` is `"0"` or `"1.2"`, as the follower sees the menu. */
export type Act =
  | { readonly action: 'follow'; readonly scene?: string; readonly qrTicket?: string }
  | { readonly action: 'unfollow' }
  | { readonly action: 'scan'; readonly ticket?: string; readonly scene?: string }
  | { readonly action: 'enter' }
  | {
      readonly action: 'tap';
      readonly button: string;
      readonly scanResult?: string;
      readonly pictures?: number;
    }
  | { readonly action: 'tap-menu-message'; readonly id: string; readonly content: string }
  | { readonly action: 'opt-in'; readonly templateId: string; readonly accept?: boolean }
  | { readonly action: 'refuse-messages'; readonly refuse: boolean };

/** `POST /api/act`. */
export type ActRequest = Act & { readonly follower?: string; readonly wait?: boolean };

export type FaultKind =
  | 'delay' //              wait `delayMs`, then answer as usual
  | 'reset-before' //       cut the connection, the call has no effect
  | 'reset-after' //        the call takes effect, then the connection is cut
  | 'half-answer' //        the call takes effect, half of the answer is sent, then the connection is cut
  | 'http-status' //        `status` (502), empty body
  | 'html' //               200 and an HTML page
  | 'content-type' //       the right answer under `contentType` (text/plain)
  | 'errcode' //            `errcode`, with `errmsg` or the platform's own
  | 'token-invalid' //      40001 on business calls
  | 'ip-not-whitelisted' // 40164 with the address
  | 'quota-spent' //        45009
  | 'window-closed' //      45015
  | 'no-permission'; //     48001

/** A switch on the API side: what goes wrong, where, for how many calls. */
export interface Fault {
  readonly id: string;
  readonly kind: FaultKind;
  /** API path such as `/cgi-bin/message/custom/send`, or `*`. */
  readonly path: string;
  /** `api`, `api2`, `sh`, `sz`, `hk`, or `*`. */
  readonly accessPoint: string;
  /** Calls left; -1: until it is removed. */
  readonly calls: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly contentType?: string;
  readonly errcode?: number;
  readonly errmsg?: string;
}

/** `POST /api/faults`: path and accessPoint default to `*`, calls to 1. */
export type FaultRequest = Pick<Fault, 'kind'> & Partial<Omit<Fault, 'id' | 'kind'>>;

/** One call of the API side, as the sandbox saw it. */
export interface ApiCall {
  readonly id: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly accessPoint: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly status: number;
  /** Cut at 16 KiB; of files only their size is told. */
  readonly responseBody: string;
  readonly errcode: number;
  readonly rid?: string;
  /** Kinds of the faults that took part. */
  readonly faults: readonly FaultKind[];
}

export interface TokenView {
  readonly channel: 'ordinary' | 'stable';
  readonly token: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** current: the newest of its channel; overlap: replaced, still good; dead: not accepted any more. */
  readonly state: 'current' | 'overlap' | 'dead';
}

/** What may still be sent to a follower by customer-service message. */
export interface WindowView {
  readonly follower: string;
  readonly open: boolean;
  /** The deed that opened it: message, menu, follow, scan. */
  readonly openedBy?: string;
  readonly remaining: number;
  readonly endsAtMs?: number;
}

export interface QuotaView {
  readonly path: string;
  readonly dailyLimit: number;
  readonly used: number;
}

export interface Book {
  readonly tokens: readonly TokenView[];
  /** Forced refreshes of the stable channel left today. */
  readonly forcedLeft: number;
  readonly windows: readonly WindowView[];
  readonly quotas: readonly QuotaView[];
}

/** `POST /api/book`. */
export type BookRequest =
  | { readonly action: 'invalidate-tokens'; readonly channel?: 'ordinary' | 'stable' }
  | { readonly action: 'close-window'; readonly follower?: string }
  | { readonly action: 'spend-quota'; readonly path: string }
  | { readonly action: 'reset-quotas' };

export interface MenuButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  readonly appid?: string;
  readonly pagepath?: string;
  readonly media_id?: string;
  readonly article_id?: string;
  readonly sub_button?: readonly MenuButton[];
}

/** `GET /api/menu?follower=`. */
export interface MenuView {
  /** As it stands at WeChat; null: there is none. */
  readonly current: readonly MenuButton[] | null;
  /** As this follower's phone shows it: fetched on entering the chat when the last fetch is 5 minutes old. */
  readonly seen: readonly MenuButton[] | null;
  readonly seenAtMs?: number;
}

export interface AccessPointView {
  readonly name: string;
  /** The host it plays. */
  readonly host: string;
  /** What to put into WECHAT_API_BASE_URLS. */
  readonly url: string;
}

/** What must stand in the account's console, and in the server's environment, for both to fit. */
export interface ConsoleForm {
  readonly url: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly mode: Mode;
  readonly dataFormat: 'XML';
  readonly environment: Readonly<Record<string, string>>;
}

/** `GET /api/state`: enough to draw the page for the first time. */
export interface State {
  readonly nowMs: number;
  /** How far the clock was moved. */
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

/** What `GET /api/events` sends: the name of the SSE event and its `data`, as JSON. */
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
  | { readonly event: 'reset'; readonly data: Record<string, never> }; // everything is new: fetch /api/state

/** What was pushed and what came back, to be kept in a file and pushed again as a test. */
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

/** `POST /api/transcript/replay`: each entry pushed again, its verdict held against the recorded one. */
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
