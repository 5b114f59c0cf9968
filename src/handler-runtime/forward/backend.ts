import type { Reply } from '../../protocol/reply.js';
import type { CipherMode } from '../../protocol/cipher-mode.js';

/**
 * Another callback server, which answers as if WeChat pushed to it.
 *
 * @example
 * const shop: Backend = { url: 'http://127.0.0.1:3000/wechat', token: 'its-token', mode: 'plaintext' };
 */
export interface Backend {
  /**
   * URL of its callback; its own query stays.
   *
   * @defaultValue `FORWARD_URL`
   */
  readonly url?: string;
  /** @defaultValue `FORWARD_TOKEN`, else the callback token of the account */
  readonly token?: string;
  /** @defaultValue `FORWARD_AES_KEY`, else the EncodingAESKey of the account */
  readonly encodingAesKey?: string;
  /** @defaultValue `FORWARD_MODE`, else the mode of the account */
  readonly mode?: CipherMode;
  /**
   * How long it may take, in ms.
   *
   * @defaultValue `FORWARD_TIMEOUT_S`, else 60,000
   */
  readonly timeoutMs?: number;
}

/**
 * Sends the push of a run to a backend as WeChat would, and returns its reply; `undefined`: none. `patienceMs`: how long
 * a backend that is down is tried again at once.
 *
 * @throws BackendDown, BackendFailed, BackendMissing
 */
export type AskBackend = (
  backend: Backend,
  how: { readonly patienceMs: number; readonly signal: AbortSignal },
) => Promise<Reply | undefined>;
