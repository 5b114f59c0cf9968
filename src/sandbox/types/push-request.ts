import type { Mode } from './account.js';

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

/** What a follower does. `tap` presses the menu bar: `button` is `"0"` or `"1.2"`, as the follower sees the menu. */
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
