import { isEncodingAesKey } from '../../protocol/encoding-aes-key.js';
import type { Account } from '../../sandbox/types/types.js';
import { UsageInvalid } from '../command.js';

const MODES = ['plaintext', 'compatible', 'safe'] as const;

interface Values {
  readonly target?: string;
  readonly token?: string;
  readonly 'aes-key'?: string;
  readonly 'app-id'?: string;
  readonly 'app-secret'?: string;
  readonly 'original-id'?: string;
  readonly mode?: string;
}

/** Reads the settings of the account. @throws UsageInvalid */
export function accountFrom(values: Values): Partial<Account> {
  const mode = MODES.find((known) => known === values.mode);
  if (values.mode !== undefined && mode === undefined) {
    throw new UsageInvalid({
      en: `--mode ${values.mode} does not exist: plaintext, compatible or safe.`,
      zh: `没有 --mode ${values.mode} 这种模式，可用的是 plaintext（明文模式）、compatible（兼容模式）、safe（安全模式）。`,
    });
  }
  const key = values['aes-key'];
  if (key !== undefined && !isEncodingAesKey(key)) {
    throw new UsageInvalid({
      en: '--aes-key must be exactly 43 letters and digits.',
      zh: '--aes-key 应为 43 个字母或数字。',
    });
  }
  const { target, token } = values;
  if (target !== undefined && !(/^https?:/.test(target) && URL.canParse(target))) {
    throw new UsageInvalid({
      en: `--target ${target} is not an http address.`,
      zh: `--target ${target} 不是 http 地址。`,
    });
  }
  return {
    ...(target !== undefined && { target }),
    ...(token !== undefined && { token }),
    ...(key !== undefined && { encodingAesKey: key }),
    ...(values['app-id'] !== undefined && { appId: values['app-id'] }),
    ...(values['app-secret'] !== undefined && { appSecret: values['app-secret'] }),
    ...(values['original-id'] !== undefined && { originalId: values['original-id'] }),
    // A server with a token and no key knows no sealed pushes, and some fail where the query speaks of them.
    ...(mode === undefined && token !== undefined && key === undefined && { mode: 'plaintext' as const }),
    ...(mode !== undefined && { mode }),
  };
}
