import type { AccountConfig } from '../config/config.js';
import { isEncodingAesKey } from '../protocol/encoding-aes-key.js';
import { UsageInvalid } from './command.js';
import type { SharedSecrets } from './sign-push.js';

/**
 * Collects the secrets with which a command acts as WeChat for an account. Options take precedence over the
 * configuration.
 *
 * @throws UsageInvalid
 */
export function secretsFrom(
  values: { mode?: string; token?: string; 'aes-key'?: string; 'app-id'?: string },
  account: AccountConfig,
): SharedSecrets {
  const { mode = account.cipherMode } = values;
  if (mode !== 'plaintext' && mode !== 'compatible' && mode !== 'safe') {
    throw new UsageInvalid({
      en: `--mode ${mode} does not exist: plaintext, compatible or safe.`,
      zh: `没有 --mode ${mode} 这种模式，可用的是 plaintext（明文模式）、compatible（兼容模式）、safe（安全模式）。`,
    });
  }
  const encodingAesKey = values['aes-key'] ?? account.encodingAesKeys[0];
  if (encodingAesKey === undefined ? mode !== 'plaintext' : !isEncodingAesKey(encodingAesKey)) {
    const length = encodingAesKey?.length;
    throw new UsageInvalid({
      en: `The key ${length === undefined ? 'is missing' : `has ${length} characters`}; ${mode} mode needs --aes-key with exactly 43 letters and digits.`,
      zh: `${length === undefined ? '没有密钥' : `密钥有 ${length} 个字符`}；${mode} 模式需要 --aes-key，43 个字母或数字。`,
    });
  }
  return {
    appId: values['app-id'] ?? account.appId,
    token: values.token ?? account.tokens[0],
    encodingAesKey,
    mode,
  };
}
