/**
 * The fixed account for development. Its secrets are made up and public. `npm run dev` starts with it, and `send` signs
 * with it if no account is configured.
 */
export const developmentAccount = {
  appId: 'wxdevelopment0001',
  appSecret: 'development-secret-of-the-sandbox',
  token: 'development',
  encodingAesKey: 'DevelopmentKeyDevelopmentKeyDevelopmentKey0',
  originalId: 'gh_development1',
} as const;

/** Returns the addresses of the sandbox's five access points, which `npm run dev` starts with the server. */
function sandboxAccessPoints(port: string): string {
  const hosts = ['api', 'api2', 'sh.api', 'sz.api', 'hk.api'];
  return hosts.map((host) => `http://127.0.0.1:${port}/${host}.weixin.qq.com`).join();
}

/** Default ports of `npm run dev`, by setting. */
const PORTS = { PORT: '8080', SANDBOX_PORT: '8090', ADMIN_PORT: '9090' } as const;

/** The environment of `npm run dev`. Variables that are set already take precedence. */
export const developmentEnvironment: Readonly<Record<string, string>> = {
  HOST: '127.0.0.1',
  PORT: PORTS.PORT,
  SANDBOX_PORT: PORTS.SANDBOX_PORT,
  DATA_DIR: './data/dev',
  RELOAD_HANDLERS: '1',
  LOG_THROWN_MESSAGES: '1',
  // The sandbox signs with its own clock, which can be moved ahead by days.
  MAX_PUSH_AGE_S: '0',
  WECHAT_API_BASE_URLS: sandboxAccessPoints(PORTS.SANDBOX_PORT),
  WECHAT_APP_ID: developmentAccount.appId,
  WECHAT_APP_SECRET: developmentAccount.appSecret,
  WECHAT_TOKEN: developmentAccount.token,
  WECHAT_ENCODING_AES_KEY: developmentAccount.encodingAesKey,
  WECHAT_ORIGINAL_ID: developmentAccount.originalId,
  WECHAT_CIPHER_MODE: 'safe',
};

/** True if an environment contains an account, even an incomplete one. */
export function isAccountConfigured(env: NodeJS.ProcessEnv): boolean {
  return Object.keys(accountVariables).some((name) => [env[name], env[`${name}_FILE`]].some(isSet));
}

/**
 * Completes an environment for development; variables that are set already take precedence. Accounts are never mixed:
 * if one is configured, nothing of the test account is added. Otherwise all other account variables are emptied, so
 * that a `.env` of a real account, which is read later, has no effect.
 *
 * @param file  the variables of `.env`: of those with a default here, only its ports count
 */
export function withDevelopmentDefaults(
  given: NodeJS.ProcessEnv,
  file: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const env = { ...portsIn(file), ...withoutEmpty(given) };
  const defaults = isAccountConfigured(env)
    ? Object.fromEntries(
        // The sandbox does not know a real account, and must not get its secrets.
        Object.entries(developmentEnvironment).filter(([name]) => !name.startsWith('WECHAT_')),
      )
    : {
        ...accountVariables,
        ...developmentEnvironment,
        WECHAT_API_BASE_URLS: sandboxAccessPoints(env['SANDBOX_PORT'] || PORTS.SANDBOX_PORT),
      };
  return { ...defaults, ...env };
}

/** Returns the ports of `npm run dev`. The processes themselves refuse one that is not a number. */
export const readDevelopmentPorts = (env: NodeJS.ProcessEnv): readonly { name: string; port: number }[] =>
  Object.entries(PORTS)
    .map(([name, fallback]) => ({ name, port: Number(env[name] || fallback) }))
    .filter(({ port }) => Number.isInteger(port) && port > 0 && port < 65_536);

/** An empty value counts as absent. */
const withoutEmpty = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => isSet(value)));

const portsIn = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.keys(PORTS)
      .filter((name) => isSet(env[name]))
      .map((name) => [name, env[name]]),
  );

/** All variables of an account, empty: empty counts as absent. */
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
