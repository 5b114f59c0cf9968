/** How bodies travel: 明文, 兼容, 安全. */
export type Mode = 'plaintext' | 'compatible' | 'safe';

/** What kind of account WeChat's side plays: decides which APIs answer 48001. */
export type AccountKind =
  'service-verified' | 'service-unverified' | 'subscription-verified' | 'subscription-unverified' | 'test';

/** The account under test. All of it is made up, so nothing of it is hidden. */
export interface Account {
  /** Where pushes go: the callback URL, query allowed. */
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
}

export interface AccessPointView {
  readonly name: string;
  /** The host it plays. */
  readonly host: string;
  /** What to put into WECHAT_API_BASE_URLS. */
  readonly url: string;
}

/** What must stand in the account's console, and in the server's environment, for both to fit. */
export interface ConsoleForm {
  readonly url: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly mode: Mode;
  readonly dataFormat: 'XML';
  readonly environment: Readonly<Record<string, string>>;
}
