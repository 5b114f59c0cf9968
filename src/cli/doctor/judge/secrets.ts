import { fingerprintsOf } from '../../../server-status.js';
import { reasonOf, refusedOfLate, runningAccount, answerOf, isRefusal } from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import { fault, ok, skipped, warning, type Finding, type Words } from '../step.js';
import { settingsSkipped, earlier } from './not-seen.js';
import { RESTART } from './restart.js';

/** Reasons of a refused push, by the setting that causes them. All other reasons are about its body. */
const REASONS = {
  mode: ['not_sealed', 'sealed_unexpectedly', 'signature_missing'],
  'aes-key': ['envelope_undecryptable'],
  'app-id': ['foreign_app_id', 'foreign_account'],
} as const;

type Secret = keyof typeof REASONS;

const DIFFERS: { readonly [secret in Secret]: Words } = {
  mode: {
    zh: '正在运行的服务的加密模式和这份配置里的不同',
    en: 'the running server has a different cipher mode from this configuration',
  },
  'aes-key': {
    zh: '正在运行的服务用的 EncodingAESKey 和这份配置里的不同',
    en: 'the running server has a different EncodingAESKey from this configuration',
  },
  'app-id': {
    zh: '正在运行的服务用的 AppID 和这份配置里的不同',
    en: 'the running server has a different AppID from this configuration',
  },
};

const REFUSES: { readonly [secret in Secret]: readonly [says: Words, cure: Words] } = {
  mode: [
    {
      zh: '推送被拒绝：URL 后面的服务的加密模式和这份配置里的不同',
      en: 'the push is refused: the server behind the URL is in a different cipher mode from this configuration',
    },
    {
      zh: '让 WECHAT_CIPHER_MODE（明文 plaintext、兼容 compatible、安全 safe）在服务、这份配置和公众号后台三处一致',
      en: 'make WECHAT_CIPHER_MODE (plaintext, compatible, safe) the same for the server, here, and in the console',
    },
  ],
  'aes-key': [
    {
      zh: '推送解不开：URL 后面的服务用的 EncodingAESKey 和这份配置里的不同',
      en: 'the push cannot be decrypted: the server behind the URL has a different EncodingAESKey from this configuration',
    },
    {
      zh: '让 WECHAT_ENCODING_AES_KEY（43 位）在服务、这份配置和公众号后台三处一致；换密钥期间把旧的放进 WECHAT_PREVIOUS_ENCODING_AES_KEY',
      en: 'make WECHAT_ENCODING_AES_KEY (43 characters) the same for the server, here, and in the console; while it changes, keep the old one in WECHAT_PREVIOUS_ENCODING_AES_KEY',
    },
  ],
  'app-id': [
    {
      zh: '推送属于另一个账号：URL 后面的服务的 AppID（或原始 ID）和这份配置里的不同',
      en: 'the push is for another account: the server behind the URL has a different AppID (or original id) from this configuration',
    },
    {
      zh: '核对 WECHAT_APP_ID 和 WECHAT_ORIGINAL_ID：一个 URL 只给一个账号用，多账号时每个账号有自己的路径',
      en: 'compare WECHAT_APP_ID and WECHAT_ORIGINAL_ID: a URL is for one account; with several accounts, each has its own path',
    },
  ],
};

const FROM_CONSOLE: { readonly [secret in Secret]: Words } = {
  mode: {
    zh: '公众号后台选的加密模式和服务的不同：最近的推送因此被拒绝，之后再没有通过的',
    en: 'the console has a different cipher mode from the server: recent pushes were refused because of it, and none has been accepted since',
  },
  'aes-key': {
    zh: '公众号后台里的 EncodingAESKey 和服务的不同：最近的推送解不开，之后再没有通过的',
    en: 'the console has a different EncodingAESKey from the server: recent pushes could not be decrypted, and none has been accepted since',
  },
  'app-id': {
    zh: '最近的推送属于另一个账号：是别的账号在公众号后台填了这个 URL',
    en: 'recent pushes are for another account: its console has this URL',
  },
};

/** Judges mode, key or AppID by the reason that the running server reports: from outside all refusals look the same. */
export function judgeSecret(facts: Facts, secret: Secret): Finding {
  const account = usable(facts)?.account;
  if (account === undefined) return settingsSkipped;
  if (
    secret === 'aes-key' &&
    account.cipherMode === 'plaintext' &&
    runningAccount(facts)?.cipherMode !== 'safe'
  )
    return skipped('明文模式，不用密钥', 'plaintext mode needs no key');
  const { push } = facts.callback ?? {};
  const [says, cure] = REFUSES[secret];
  if (blames(facts, secret)) return fault(says, cure);
  if (differs(facts, secret)) {
    const isRefused = push !== undefined && isRefusal(push);
    return isRefused ? fault(DIFFERS[secret], RESTART) : warning(DIFFERS[secret], RESTART);
  }
  const late = refusedOfLate(facts, account, REASONS[secret], facts.nowMs);
  if (late !== undefined) return fault(FROM_CONSOLE[secret], cure);
  if (push === undefined) return earlier;
  return isRefusal(push) ? earlier : ok('一致', 'the same on both sides');
}

function differs(facts: Facts, secret: Secret): boolean {
  const account = usable(facts)?.account;
  const running = runningAccount(facts);
  if (account === undefined || running === undefined) return false;
  if (secret === 'mode') return running.cipherMode !== account.cipherMode;
  if (secret === 'app-id') return running.appId !== account.appId;
  // Fingerprints include the AppID, so they differ for another one; in plaintext mode the key is unused.
  if (running.appId !== account.appId || account.cipherMode === 'plaintext') return false;
  const [mine = ''] = fingerprintsOf(account).aesKey;
  return !running.fingerprints.aesKey.includes(mine);
}

/** True if this setting caused the refusal. Without a reason of the server, this is inferred from the other probes. */
function blames(facts: Facts, secret: Secret): boolean {
  const account = usable(facts)?.account;
  const { push, unsealed } = facts.callback ?? {};
  if (push === undefined || account === undefined || !isRefusal(push)) return false;
  const reason = reasonOf(facts, push);
  if (reason !== undefined) return REASONS[secret].some((known) => known === reason);
  if ((['mode', 'aes-key', 'app-id'] as const).some((one) => differs(facts, one))) return false;
  const isPlain = account.cipherMode === 'plaintext' || answerOf(unsealed)?.status === 200;
  return secret === (isPlain ? 'mode' : 'aes-key');
}

/** True if a push was refused for another reason than its body. */
export const isSecretsFault = (facts: Facts): boolean =>
  (['mode', 'aes-key', 'app-id'] as const).some((secret) => blames(facts, secret) || differs(facts, secret));
