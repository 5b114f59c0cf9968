import { classOf } from '../../protocol/errcodes.js';
import { ApiRefused, SecretMissing } from '../api-error.js';

/**
 * The call that failed.
 *
 * @example
 * const failed: OAuthCall = 'exchange';
 */
export type OAuthCall = 'exchange' | 'refresh' | 'profile';

/**
 * The next step after a call of web authorization failed.
 *
 * restart   send the user to the authorize page again; once, or it may go on for ever
 * renew     the user's token is over: refresh it, then make the call once more
 * ask-more  the user granted `snsapi_base`: a profile needs `snsapi_userinfo`
 * mend      somebody has to change the configuration or the console
 * wait      WeChat is busy or out of reach: the same may work later
 *
 * @example
 * const step: OAuthStep = nextOAuthStep('profile', error);
 */
export type OAuthStep = (typeof OAUTH_STEPS)[number];
export const OAUTH_STEPS = ['restart', 'renew', 'ask-more', 'mend', 'wait'] as const;

/** Steps by call and errcode; other errcodes are decided by class. Source: "网页授权", error table. */
const STEPS: Readonly<Record<OAuthCall, Readonly<Record<number, OAuthStep>>>> = {
  exchange: {
    40029: 'restart', // no such code
    40163: 'restart', // used before, without a stored result
    42003: 'restart', // older than five minutes
    41008: 'restart', // no code at all
    40001: 'mend', // on this call it is about the secret
    40013: 'mend',
    40125: 'mend',
    48001: 'mend', // the account has no web authorization
  },
  refresh: {
    40030: 'restart',
    42002: 'restart',
    42007: 'restart', // the user changed the password
    40013: 'mend',
  },
  profile: {
    40001: 'renew',
    40014: 'renew',
    42001: 'renew',
    42007: 'restart',
    40003: 'restart', // the token is another user's
    48001: 'ask-more',
  },
};

/**
 * Returns the next step after a failure; without an answer of WeChat's that is `wait`.
 *
 * @example
 * if (nextOAuthStep('exchange', error) === 'restart') log.info({}, 'send the user to the authorize page again');
 */
export function nextOAuthStep(call: OAuthCall, error: unknown): OAuthStep {
  if (error instanceof SecretMissing) return 'mend';
  if (!(error instanceof ApiRefused)) return 'wait';
  const known = STEPS[call][error.errcode];
  if (known !== undefined) return known;
  switch (classOf(error.errcode)) {
    case 'retry':
    case 'rate-limited':
    case 'quota-exhausted':
      return 'wait';
    case 'config':
    case 'permission':
      return 'mend';
    default:
      return 'restart';
  }
}
