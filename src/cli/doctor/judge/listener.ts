import type { Facts } from '../facts.js';
import { fault, ok, warning, type Finding } from '../step.js';
import { settingsSkipped } from './not-seen.js';

/** Judges whether this server listens on its ports, and whether it is ready. */
export function judgeListener(facts: Facts): Finding {
  const { listener } = facts;
  if (listener === undefined) return settingsSkipped;
  const { place, public: who, admin, adminPort } = listener;
  if (who === 'other')
    return fault(
      { zh: `${place} 上应答的不是本服务`, en: `something other than this server answers at ${place}` },
      {
        zh: `用 ss -ltnp 看是谁占用端口；停掉它，或改 PORT 并让前面的代理转发到新端口`,
        en: 'ss -ltnp shows what has the port; stop it, or change PORT and point the proxy in front at the new port',
      },
    );
  const isWorker = typeof admin === 'object' && admin.process.role === 'worker';
  if (who === 'nobody' && !isWorker)
    return fault(
      { zh: `${place} 没有程序在监听`, en: `nothing listens at ${place}` },
      {
        zh: '启动服务（npm start 或 wechat-callback serve），起不来就看它打印的原因',
        en: 'start the server (npm start, or wechat-callback serve); if it stops, it prints why',
      },
    );
  if (admin === 'refused')
    return fault(
      {
        zh: `端口 ${adminPort} 上的服务不认这个 ADMIN_KEY：这份配置和正在运行的服务不是同一份`,
        en: `the server at port ${adminPort} has a different ADMIN_KEY: it does not run with this configuration`,
      },
      {
        zh: '改过 ADMIN_KEY 就重启服务；或在服务所用的 .env 旁边运行 doctor',
        en: 'restart the server if ADMIN_KEY was changed, or run doctor next to the .env that it was started with',
      },
    );
  if (admin === 'nobody')
    return warning(
      {
        zh: `管理端口 ${adminPort} 读不到 /status：无法和正在运行的服务逐项对比`,
        en: `/status cannot be read at the admin port ${adminPort}: nothing can be compared with the running server`,
      },
      {
        zh: '在运行服务的机器（容器）里运行 doctor，ADMIN_PORT、ADMIN_HOST 用服务的值',
        en: 'run doctor on the machine (in the container) of the server, with its ADMIN_PORT and ADMIN_HOST',
      },
    );
  if (admin.status === 'not-ready')
    return fault(
      { zh: `服务在运行但没有就绪：${admin.why}`, en: `the server runs and is not ready: ${admin.why}` },
      {
        zh: '看日志；存储问题见 data-dir 和 redis 两步',
        en: 'see its log; for storage see the steps data-dir and redis',
      },
    );
  if (admin.status === 'degraded')
    return warning(
      { zh: `服务降级运行：${admin.why}`, en: `the server is degraded: ${admin.why}` },
      { zh: '让 Redis 恢复，其余会自动恢复', en: 'bring Redis back; the rest recovers by itself' },
    );
  return ok(`${place}，版本 ${admin.version}`, `${place}, version ${admin.version}`);
}
