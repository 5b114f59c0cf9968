import type { CipherMode } from '../../protocol/envelope.js';

/** The server under test, and what WeChat would know of the account. */
export interface Target {
  readonly url: URL;
  readonly mode: CipherMode;
  readonly token: string;
  /** Both are there in compatible and safe mode. */
  readonly encodingAesKey: string;
  readonly appId: string;
  /** `ToUserName` of the pushes, `gh_…`. */
  readonly account: string;
  /** Stands before every text that is sent, so that a server which echoes only some texts can be judged by them. */
  readonly echoPrefix: string;
  /** How long one answer may take. WeChat waits 5,000. */
  readonly timeoutMs: number;
  /** How long the whole run may take; what is not judged by then stays so. */
  readonly budgetMs: number;
}
