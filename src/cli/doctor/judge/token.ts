import { fingerprintsOf } from '../../../server-status.js';
import {
  reasonOf,
  refusedOfLate,
  runningAccount,
  answerOf,
  isRefusal,
  lostQuery,
} from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import { fault, ok, warning, type Finding } from '../step.js';
import { settingsSkipped, earlier } from './not-seen.js';
import { RESTART } from './restart.js';

export function judgeToken(facts: Facts): Finding {
  const account = usable(facts)?.account;
  if (account === undefined) return settingsSkipped;
  const { handshake } = facts.callback ?? {};
  const running = runningAccount(facts);
  const [mine = ''] = fingerprintsOf(account).token;
  const isAnother = running !== undefined && !running.fingerprints.token.includes(mine);
  const isRefused = isRefusal(handshake);
  const reason = reasonOf(facts, handshake);
  if (isAnother) {
    const says = {
      zh: '正在运行的服务用的 Token 和这份配置里的不同',
      en: 'the running server has a different Token from this configuration',
    };
    return isRefused || handshake === undefined ? fault(says, RESTART) : warning(says, RESTART);
  }
  const isTokens = reason !== 'timestamp_stale' && reason !== 'signature_missing' && !lostQuery(facts);
  if (isRefused && isTokens)
    return fault(
      {
        zh: '验证请求被拒绝：URL 后面的服务用的 Token 和这份配置里的不同',
        en: 'the handshake is refused: the server behind the URL has a different Token from this configuration',
      },
      {
        zh: '确认 URL 指向的就是这台服务（不是旧机器、另一个环境）；再让两边的 WECHAT_TOKEN 一致，改后重启',
        en: 'check that the URL leads to this server, not to an old machine or another environment; then make WECHAT_TOKEN the same on both, and restart',
      },
    );
  const late = refusedOfLate(facts, account, ['signature_mismatch'], facts.nowMs);
  if (late !== undefined)
    return fault(
      {
        zh: `最近有 ${late.count} 个带签名的请求因 Token 不符被拒绝（来自 ${late.remote}），之后再没有通过的：公众号后台里的 Token 和服务的不同`,
        en: `${late.count} signed requests were refused recently because they were signed with another Token (from ${late.remote}), and none has been accepted since: the Token in the console differs`,
      },
      {
        zh: '在公众号后台“服务器配置”里重新填写与 WECHAT_TOKEN 相同的 Token（3–32 位英文或数字，首尾没有空格），提交后再发一条消息试试',
        en: 'enter the same Token as WECHAT_TOKEN in the console (3 to 32 letters or digits, no spaces around it), submit, and send a message',
      },
    );
  if (
    handshake === undefined ||
    (!isRefused && answerOf(handshake)?.text.includes(facts.callback?.echo ?? '') !== true)
  )
    return earlier;
  return isRefused ? earlier : ok('验证通过', 'the handshake is answered');
}
