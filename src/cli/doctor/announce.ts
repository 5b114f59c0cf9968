import { describeRedis } from '../../config/redis-config.js';
import { callbackUrl, type DoctorRequest } from './collect-facts.js';
import type { SettingsFacts } from './facts.js';
import type { Language } from './step.js';

/** Lists the network calls that `doctor` will make, before it makes them. Empty if the settings are faulty. */
export function announce(settings: SettingsFacts, request: DoctorRequest, language: Language): string {
  if (!('config' in settings)) return '';
  const { config, account } = settings;
  const { url } = callbackUrl(config, account, request.url);
  const to = `${url.origin}${url.pathname}`;
  const redis = config.redis && describeRedis(config.redis);
  const hosts = config.apiBaseUrls.map((base) => base.replace(/^https?:\/\//, '')).join(', ');
  const asksApi = account.appSecret !== undefined || config.tokenServer !== undefined;
  const zh = [
    `${to}：按微信的方式发 1 个 GET、2 到 3 个 POST（不含 MsgType，不会触发处理模块）`,
    ...(redis === undefined ? [] : [`Redis ${redis}：写一个 5 秒后过期的键，读 INFO`]),
    `本机 ${config.public.port} 和 ${config.admin.port} 端口：/healthz、/status`,
    `${hosts}：各一次不带 access_token 的调用`,
    ...(asksApi
      ? [
          '微信接口：取一次 access_token，再各问一次客服、模板、菜单权限，网络检测，接口额度；不发消息，不改任何设置',
        ]
      : []),
  ];
  const en = [
    `${to}: one GET and two or three POSTs as WeChat sends them (without MsgType, so no handler runs)`,
    ...(redis === undefined ? [] : [`Redis ${redis}: one key that ends after 5 s, and INFO`]),
    `ports ${config.public.port} and ${config.admin.port} of this machine: /healthz, /status`,
    `${hosts}: one call each, without a token`,
    ...(asksApi
      ? [
          "WeChat's API: one access token, then one question each about messages, templates, menus, the network and quotas; nothing is sent, nothing changed",
        ]
      : []),
  ];
  const [title, lines] = language === 'zh' ? ['接下来会访问：', zh] : ['doctor will call:', en];
  return [title, ...lines.map((line) => `  - ${line}`)].join('\n');
}
