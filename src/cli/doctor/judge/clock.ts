import { reasonOf, refusedOfLate } from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import { fault, type Finding, type Words, ok, skipped } from '../step.js';
import { settingsSkipped } from './not-seen.js';

/** Tolerated difference between WeChat's clock and ours. */
const MAX_SKEW_MS = 30_000;

const CLOCK_CURE: Words = {
  zh: '打开时间同步：timedatectl set-ntp true，或启用 chrony；容器用宿主机的时间',
  en: 'turn time synchronisation on: timedatectl set-ntp true, or chrony; containers take the time of their host',
};

export function judgeClock(facts: Facts): Finding {
  const configured = usable(facts);
  if (configured === undefined) return settingsSkipped;
  const ahead = (facts.accessPoints ?? []).flatMap(({ aheadMs }) => (aheadMs === undefined ? [] : [aheadMs]));
  const aheadMs = ahead.toSorted((a, b) => a - b)[Math.floor(ahead.length / 2)];
  if (aheadMs !== undefined && Math.abs(aheadMs) > MAX_SKEW_MS) {
    const seconds = Math.round(Math.abs(aheadMs) / 1_000);
    return fault(
      {
        zh: `本机时钟比微信${aheadMs > 0 ? '慢' : '快'} ${seconds} 秒`,
        en: `the clock of this machine is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} WeChat's`,
      },
      CLOCK_CURE,
    );
  }
  const isStale =
    reasonOf(facts, facts.callback?.handshake) === 'timestamp_stale' ||
    refusedOfLate(facts, configured.account, ['timestamp_stale'], facts.nowMs) !== undefined;
  if (isStale)
    return fault(
      {
        zh: '服务因时间戳过期拒绝请求：运行服务的机器时钟不准',
        en: 'the server refuses requests because of their timestamp: the clock of its machine is wrong',
      },
      CLOCK_CURE,
    );
  if (aheadMs === undefined)
    return skipped('接入点没有应答，不知道微信的时间', 'no access point tells the time');
  return ok('与微信相差不到 30 秒', "within 30 s of WeChat's");
}
