/**
 * The fixed account of development: made up, known to everybody, good for nothing but trying things out.
 * `npm run dev` starts with it, and `send` signs with it where no account is configured.
 */
export const developmentAccount = {
  appId: 'wxdevelopment0001',
  appSecret: 'development-secret-of-the-sandbox',
  token: 'development',
  encodingAesKey: 'DevelopmentKeyDevelopmentKeyDevelopmentKey0',
  originalId: 'gh_development1',
} as const;

/** WeChat's five access points, played by the sandbox that `npm run dev` starts beside the server. */
function sandboxAccessPoints(): string {
  const hosts = ['api', 'api2', 'sh.api', 'sz.api', 'hk.api'];
  return hosts.map((host) => `http://127.0.0.1:8090/${host}.weixin.qq.com`).join();
}

/** The environment of `npm run dev`. Variables that are set already win over it. */
export const developmentEnvironment: Readonly<Record<string, string>> = {
  HOST: '127.0.0.1',
  PORT: '8080',
  DATA_DIR: './data/dev',
  RELOAD_HANDLERS: '1',
  LOG_THROWN_MESSAGES: '1',
  // The sandbox signs by its own clock, which can be moved ahead by days.
  MAX_PUSH_AGE_S: '0',
  WECHAT_API_BASE_URLS: sandboxAccessPoints(),
  WECHAT_APP_ID: developmentAccount.appId,
  WECHAT_APP_SECRET: developmentAccount.appSecret,
  WECHAT_TOKEN: developmentAccount.token,
  WECHAT_ENCODING_AES_KEY: developmentAccount.encodingAesKey,
  WECHAT_ORIGINAL_ID: developmentAccount.originalId,
  WECHAT_CIPHER_MODE: 'safe',
};

/** Whether an environment names an account of its own, if perhaps incompletely. */
export function isAccountConfigured(env: NodeJS.ProcessEnv): boolean {
  return Object.keys(accountVariables).some((name) => [env[name], env[`${name}_FILE`]].some(isSet));
}

/**
 * Completes an environment for development; variables that are set already win. The account comes as a whole: where
 * one is configured, nothing of the test account is mixed into it. Else all other account variables are emptied, so
 * that a `.env` written for a real account, which is read later, stays out of it.
 */
export function withDevelopmentDefaults(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const defaults = isAccountConfigured(env)
    ? Object.fromEntries(
        // A real account is not known to the sandbox, and none of its secrets go there.
        Object.entries(developmentEnvironment).filter(([name]) => !name.startsWith('WECHAT_')),
      )
    : { ...accountVariables, ...developmentEnvironment };
  return { ...defaults, ...env };
}

/** All that makes an account, empty: empty counts as absent. */
const accountVariables: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'ACCOUNTS_FILE',
    'APP_ID',
    'APP_SECRET',
    'TOKEN',
    'ENCODING_AES_KEY',
    'PREVIOUS_TOKEN',
    'PREVIOUS_ENCODING_AES_KEY',
    'ORIGINAL_ID',
    'CIPHER_MODE',
  ].map((name) => [`WECHAT_${name}`, '']),
);

const isSet = (text: string | undefined): boolean => text !== undefined && text !== '';
