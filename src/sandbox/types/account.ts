/** Encryption mode of bodies: 明文, 兼容, 安全. */
export type Mode = 'plaintext' | 'compatible' | 'safe';

/** The kind of the simulated account: decides which APIs answer 48001. */
export type AccountKind =
  'service-verified' | 'service-unverified' | 'subscription-verified' | 'subscription-unverified' | 'test';

/** The account under test. Its secrets are made up, so they are visible. */
export interface Account {
  /** Callback URL that gets the pushes; it may have a query. */
  readonly target: string;
  readonly appId: string;
  readonly appSecret: string;
  /** The callback token (Token of the console's form). */
  readonly token: string;
  /** 43 letters and digits; needed for compatible and safe mode. */
  readonly encodingAesKey: string;
  /** `gh_…`: ToUserName of every push. */
  readonly originalId: string;
  readonly mode: Mode;
  readonly kind: AccountKind;
  readonly name: string;
  /** Host that OAuth may return to; empty: any. */
  readonly oauthDomain: string;
  /** AppIDs of the linked mini-programs, for menus; empty: any. */
  readonly miniPrograms: readonly string[];
  /** Customer-service agents, `prefix@weixin-id`. */
  readonly agents: readonly string[];
}

export interface AccessPointView {
  readonly name: string;
  /** The simulated host. */
  readonly host: string;
  /** The value for WECHAT_API_BASE_URLS. */
  readonly url: string;
}

/** The settings that the account's console and the server's environment must share. */
export interface ConsoleForm {
  readonly url: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly mode: Mode;
  readonly dataFormat: 'XML';
  readonly environment: Readonly<Record<string, string>>;
}
