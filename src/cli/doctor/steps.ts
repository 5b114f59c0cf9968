import { judgeAccessPoints } from './judge/access-points.js';
import { judgeAnswer } from './judge/answer.js';
import { judgeAppSecret } from './judge/app-secret.js';
import { judgeBody } from './judge/body.js';
import { judgeCheck } from './judge/callback-check.js';
import { judgeClock } from './judge/clock.js';
import { judgeDataDir } from './judge/data-dir.js';
import { judgeHandlers } from './judge/handlers.js';
import { judgeListener } from './judge/listener.js';
import { judgePath } from './judge/path.js';
import { judgeQuota } from './judge/quota.js';
import { judgeRedirect } from './judge/redirect.js';
import { judgeRedis } from './judge/redis.js';
import { judgeRefresher } from './judge/refresher.js';
import { judgeRights } from './judge/rights.js';
import { judgeSecret } from './judge/secrets.js';
import { judgeSettings } from './judge/settings.js';
import { judgeToken } from './judge/token.js';
import { judgeConnect, judgeName, judgePort, judgeTls } from './judge/way.js';
import { judgeWhitelist } from './judge/whitelist.js';
import type { Step } from './step.js';

const UNREACHED = {
  zh: '微信连不上服务，推送全部失败',
  en: 'WeChat cannot reach the server: every push fails',
};
const REFUSED = {
  zh: '服务会拒绝微信的请求：公众号后台提示“token 验证失败”或“该公众号提供的服务出现故障”',
  en: 'the server refuses what WeChat sends: the console does not accept the URL, and users see that the service is out of order',
};
const NO_API = {
  zh: '调不了微信接口：超时的回复、菜单、素材都不可用',
  en: "WeChat's API cannot be called: no late answers, menus or media",
};

/** The table of steps, in the order in which faults should be fixed. */
export const STEPS: readonly Step[] = [
  { id: 'settings', matters: { zh: '服务起不来', en: 'the server does not start' }, judge: judgeSettings },
  {
    id: 'handlers',
    matters: { zh: '推送没有处理模块回复', en: 'no handler answers the pushes' },
    judge: judgeHandlers,
  },
  {
    id: 'data-dir',
    matters: { zh: '存不下推送，微信会收到 503', en: 'nothing can be stored: WeChat gets 503' },
    judge: judgeDataDir,
  },
  {
    id: 'redis',
    matters: { zh: '多个进程之间会重复处理、丢失回复', en: 'processes answer twice or lose late answers' },
    judge: judgeRedis,
  },
  {
    id: 'clock',
    matters: {
      zh: '时间戳差太多的推送会被当作重放而拒绝，access_token 的有效期也会算错',
      en: 'pushes are refused as replays, and the expiry of the access token is misjudged',
    },
    judge: judgeClock,
  },
  { id: 'listener', matters: UNREACHED, judge: judgeListener },
  { id: 'url-name', matters: UNREACHED, judge: judgeName },
  { id: 'url-connect', matters: UNREACHED, judge: judgeConnect },
  { id: 'url-tls', matters: UNREACHED, judge: judgeTls },
  { id: 'url-port', matters: UNREACHED, judge: judgePort },
  {
    id: 'url-redirect',
    matters: {
      zh: '微信不跟随重定向，推送等于没送到',
      en: 'WeChat does not follow redirects: pushes do not arrive',
    },
    judge: judgeRedirect,
  },
  { id: 'url-path', matters: UNREACHED, judge: judgePath },
  { id: 'token', matters: REFUSED, judge: judgeToken },
  { id: 'mode', matters: REFUSED, judge: (facts) => judgeSecret(facts, 'mode') },
  { id: 'aes-key', matters: REFUSED, judge: (facts) => judgeSecret(facts, 'aes-key') },
  { id: 'app-id', matters: REFUSED, judge: (facts) => judgeSecret(facts, 'app-id') },
  { id: 'body', matters: REFUSED, judge: judgeBody },
  {
    id: 'answer',
    matters: {
      zh: '用户会看到“该公众号提供的服务出现故障，请稍后再试”',
      en: 'users see that the service is out of order',
    },
    judge: judgeAnswer,
  },
  { id: 'access-points', matters: NO_API, judge: judgeAccessPoints },
  { id: 'secret', matters: NO_API, judge: judgeAppSecret },
  { id: 'whitelist', matters: NO_API, judge: judgeWhitelist },
  {
    id: 'refresher',
    matters: {
      zh: 'access_token 会突然失效（40001）',
      en: 'access tokens become invalid before they expire (40001)',
    },
    judge: judgeRefresher,
  },
  {
    id: 'rights',
    matters: { zh: '决定超时的回复怎么送到用户', en: 'it decides how late answers are delivered' },
    judge: judgeRights,
  },
  { id: 'callback-check', matters: UNREACHED, judge: judgeCheck },
  { id: 'quota', matters: NO_API, judge: judgeQuota },
];
