import type { TokenChannel } from './fetch-token.js';

/** What an operator should know when tokens are refused before their end though none of us had fetched another. */
export function describeTokenConflict(channel: TokenChannel, times: number): string {
  if (channel === 'stable') {
    return 'WeChat refuses the access token before its end: another program forced a refresh, or the AppSecret was reset.';
  }
  return times === 1
    ? 'WeChat refuses the access token before its end: another program fetched one for this account at /cgi-bin/token, or the AppSecret was reset.'
    : 'Another program fetches access tokens for this account at /cgi-bin/token, and each one ends ours. ' +
        'Let it take them from here (docs/token-centre.md), or set TOKEN_CHANNEL=stable.';
}
