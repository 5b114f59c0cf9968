import type { Words } from '../protocol/words.js';
import type { CipherMode } from '../protocol/cipher-mode.js';

/** The backend that the pushes of an account are forwarded to. */
export interface ForwardConfig {
  /** Query included. */
  readonly url: string;
  readonly token: string;
  /** Only plaintext mode needs none. */
  readonly encodingAesKey: string | undefined;
  readonly mode: CipherMode;
}

/** The settings of an account that are read here, and those that they fall back to. */
interface ForwardDraft {
  readonly settings: {
    readonly forwardUrl: string | undefined;
    readonly forwardToken: string | undefined;
    readonly forwardAesKey: string | undefined;
    readonly forwardMode: CipherMode | undefined;
    readonly encodingAesKey: string | undefined;
  };
  readonly isGiven: (setting: keyof ForwardDraft['settings']) => boolean;
  readonly nameOf: (setting: keyof ForwardDraft['settings']) => string;
}

/** Reads the backend of an account, or adds its faults; `undefined` without FORWARD_URL. */
export function readForward(
  { settings, isGiven, nameOf }: ForwardDraft,
  account: { readonly token: string; readonly mode: CipherMode },
  faults: Words[],
): ForwardConfig | undefined {
  const { forwardUrl: url, forwardToken, forwardAesKey, forwardMode } = settings;
  if (!isGiven('forwardUrl')) {
    for (const setting of ['forwardToken', 'forwardAesKey', 'forwardMode'] as const)
      if (isGiven(setting))
        faults.push({
          en: `${nameOf(setting)} is set, and ${nameOf('forwardUrl')} is missing. Set the URL of the backend, or remove it.`,
          zh: `设置了 ${nameOf(setting)}，却没有设置 ${nameOf('forwardUrl')}。请填后端的 URL，或者把它删掉。`,
        });
    return undefined;
  }
  const encodingAesKey = forwardAesKey ?? settings.encodingAesKey;
  const keyed = account.mode === 'plaintext' ? 'safe' : account.mode;
  const mode = forwardMode ?? (forwardAesKey === undefined ? account.mode : keyed);
  if (
    mode !== 'plaintext' &&
    encodingAesKey === undefined &&
    !isGiven('encodingAesKey') &&
    !isGiven('forwardAesKey')
  )
    faults.push({
      en: `${nameOf('forwardMode')} is "${mode}", and there is no AES key. Set ${nameOf('forwardAesKey')}, or use plaintext.`,
      zh: `${nameOf('forwardMode')} 的值是 "${mode}"，却没有密钥。请设置 ${nameOf('forwardAesKey')}，或者改用 plaintext（明文模式）。`,
    });
  return url === undefined ? undefined : { url, token: forwardToken ?? account.token, encodingAesKey, mode };
}
