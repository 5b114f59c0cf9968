import { runningAccount } from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import { fault, ok, skipped, type Finding } from '../step.js';
import { settingsSkipped } from './not-seen.js';

const DAY_MS = 86_400_000;

export function judgeRefresher(facts: Facts): Finding {
  if (usable(facts) === undefined) return settingsSkipped;
  const cure = {
    zh: '找到那个程序：让它改从本服务取（管理端口的 GET /accounts/<name>/token），或改用 stable_token 且不要强制刷新',
    en: 'find that program: let it get tokens from this server (GET /accounts/<name>/token at the admin listener), or use stable_token without force',
  };
  if (facts.account?.tokenDied === true)
    return fault(
      {
        zh: '刚取到的 access_token 立刻失效：有别的程序在刷新',
        en: 'a token just fetched is refused: another program refreshes it',
      },
      cure,
    );
  const superseded = runningAccount(facts)?.token?.superseded;
  if (superseded !== undefined && facts.nowMs - superseded.lastAtMs < DAY_MS)
    return fault(
      {
        zh: `有别的程序在获取这个账号的 access_token，使我们的提前失效（一天内 ${superseded.times} 次）`,
        en: `another program fetches access tokens for this account and invalidated ours ${superseded.times} times within a day`,
      },
      cure,
    );
  return runningAccount(facts) === undefined
    ? skipped('读不到正在运行的服务，无从得知', 'nobody knows without the running server')
    : ok('没有发现', 'none noticed');
}
