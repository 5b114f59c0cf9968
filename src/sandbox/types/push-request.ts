import type { Mode } from './account.js';

/** A field of a push: text becomes CDATA, a number stays bare, a list repeats the element, an object nests. */
export type PushField = string | number | PushFields | readonly (string | number | PushFields)[];

export interface PushFields {
  readonly [name: string]: PushField;
}

/** A template of a push with sample values. */
export interface PushTemplate {
  /** The kind, or kind and variant: `message.text`, `message.text.unsupported`. What `PushRequest.kind` takes. */
  readonly id: string;
  /** `message.text`, `event.CLICK`, … */
  readonly kind: string;
  /** Group in the picker: message, follow, menu, send-result, card, … */
  readonly group: string;
  readonly zh: string;
  readonly en: string;
  /** All fields except ToUserName, FromUserName, CreateTime, MsgType, Event and MsgId, which the sandbox adds. */
  readonly fields: PushFields;
  /** States whether the platform shows a passive reply to this push. */
  readonly answerable: 'yes' | 'possible' | 'no';
}

/** A push that WeChat would never send. A good server refuses it, for example with an empty 403. */
export type Hostile =
  | 'bad-signature' //  one digit of signature and msg_signature changed
  | 'no-signature' //   the parameters are absent
  | 'old-timestamp' //  signed correctly, an hour ago
  | 'other-app-id' //   sealed for another AppID (compatible and safe mode)
  | 'other-account' //  ToUserName of another account
  | 'plaintext' //      not sealed although the mode is safe
  | 'cut-body' //       the second half is missing, the signature is good
  | 'doctype'; //       a DOCTYPE with an entity

/** A push to send: `xml` for a body of your own (it is still signed and sealed), else `kind` and `fields`. */
export interface PushRequest {
  /** OpenID. Default: the first follower. */
  readonly follower?: string;
  /** Id of a template, or any `message.…` or `event.…`. Default `message.text`. */
  readonly kind?: string;
  /** Override the template's fields. ToUserName, FromUserName, CreateTime and MsgId may be set, too. */
  readonly fields?: PushFields;
  readonly xml?: string;
  /** true: a `]]>` in a field is written as XML asks, over two CDATA sections. Default false: as it was typed. */
  readonly escapesCdataEnd?: boolean;
  readonly mode?: Mode;
  /** Number of simultaneous copies. Default 1, at most 200. */
  readonly copies?: number;
  readonly hostile?: Hostile;
  /** Timeout of each attempt in ms. Default 5,000. */
  readonly timeoutMs?: number;
  /** Most attempts. Default 3. */
  readonly tries?: number;
  /** false: respond at once, while the exchanges run. Default true: respond after the verdicts. */
  readonly wait?: boolean;
}

/** Repeats a push with the same MsgId and CreateTime unless `fresh`. */
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

/** An action of a follower. `tap` presses the menu bar: `button` is `"0"` or `"1.2"`, as the follower sees the menu. */
export type UserAction =
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
export type UserActionRequest = UserAction & { readonly follower?: string; readonly wait?: boolean };
