import type { CipherMode } from '../../protocol/cipher-mode.js';

/** The server under test, and its account as configured at WeChat. */
export interface Target {
  readonly url: URL;
  readonly mode: CipherMode;
  readonly token: string;
  /** Required in compatible and safe mode. */
  readonly encodingAesKey: string;
  readonly appId: string;
  /** `ToUserName` of the pushes, `gh_…`. */
  readonly account: string;
  /** Prefix of every text, for servers that echo only certain texts. */
  readonly echoPrefix: string;
  /** True: WeChat's cloud hosting (微信云托管) stands before the server and asks for the path with a probe of its own. */
  readonly cloudHosting: boolean;
  /** Time limit of an answer in ms. WeChat waits 5,000. */
  readonly timeoutMs: number;
  /** Time in ms within which a supervisor may restart a server that died. */
  readonly returnsWithinMs: number;
  /** Time limit of the whole run in ms; rules that are not done by then are not judged. */
  readonly budgetMs: number;
}

/** A made-up id, in the form of the platform's. */
const ACCOUNT = 'gh_0c0f0a2a4ce0';
/** WeChat's own timeout. */
const TIMEOUT_MS = 5_000;
/** As long as a supervisor takes to start a small server anew. */
const RETURNS_WITHIN_MS = 3_000;
/** A healthy server takes under ten seconds; one that keeps every attempt waiting takes the rest. */
const BUDGET_MS = 55_000;

/**
 * Completes a target with what is usual: plaintext mode without a key, else safe mode; a made-up gh_ id; WeChat's
 * five seconds, and 55 s for the whole run.
 *
 * @example
 * const target = createTarget({ url: new URL('http://127.0.0.1:8080/wechat'), token: 'token' });
 */
export const createTarget = (
  given: Pick<Target, 'url' | 'token'> & { readonly [name in keyof Target]?: Target[name] },
): Target => ({
  mode: given.encodingAesKey === undefined ? 'plaintext' : 'safe',
  encodingAesKey: '',
  appId: '',
  account: ACCOUNT,
  echoPrefix: '',
  cloudHosting: false,
  timeoutMs: TIMEOUT_MS,
  returnsWithinMs: RETURNS_WITHIN_MS,
  budgetMs: BUDGET_MS,
  ...given,
});
