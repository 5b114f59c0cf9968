import { AppError } from './app-error.js';

/** Reasons to refuse a callback request. Every refusal gets the same response: 403, empty body. */
export type RefusalReason =
  | 'signature_missing' //      a parameter of the signature is absent, empty, repeated or not text
  | 'signature_mismatch' //     neither the current nor the previous callback token explains it
  | 'timestamp_stale' //        further from our clock than MAX_PUSH_AGE_S
  | 'replayed' //               the same signature was used for another push before
  | 'not_sealed' //             plaintext where the configured mode asks for a sealed body
  | 'sealed_unexpectedly' //    a sealed body where plaintext mode is configured
  | 'envelope_undecryptable' // wrong key, damaged body, bad padding, bad length, not UTF-8
  | 'foreign_app_id' //         the AppID inside the envelope is not ours
  | 'foreign_account' //        ToUserName is not WECHAT_ORIGINAL_ID
  | 'body_unreadable' //        not UTF-8, not well-formed, not one <xml> element, a DOCTYPE, too deep
  | 'too_large' //              the body is larger than a push can be
  | 'crowded' //                too many large bodies of one sender or under one signature are underway
  | 'wrong_path' //             signed like WeChat's, but for a path that is no callback's
  | 'body_already_read'; //     a body parser ran before the door and ate the bytes

/** The request is not an authentic and readable push. The message says what to check; it never holds secrets. */
export class PushRefused extends AppError {
  readonly code = 'push_refused';
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}
