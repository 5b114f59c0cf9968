import { usable, type Facts } from '../facts.js';
import { fault, ok, warning, type Finding } from '../step.js';
import { settingsSkipped } from './not-seen.js';

/** Below this, the journal will soon refuse writes. */
const LEAST_FREE_BYTES = 64 * 1_048_576;

export function judgeDataDir(facts: Facts): Finding {
  const { dataDir, listener } = facts;
  const configured = usable(facts);
  if (dataDir === undefined || configured === undefined) return settingsSkipped;
  const { dir, error, freeBytes = 0, owned } = dataDir;
  if (error === 'ENOSPC' || (error === undefined && freeBytes < LEAST_FREE_BYTES))
    return fault(
      { zh: `${dir} 所在磁盘已满`, en: `the disk of ${dir} is full` },
      {
        zh: '清出空间，或把 DATA_DIR 指到别的磁盘',
        en: 'free some space, or point DATA_DIR at another disk',
      },
    );
  if (error !== undefined)
    return fault(
      { zh: `${dir} 无法写入（${error}）`, en: `${dir} cannot be written (${error})` },
      {
        zh: '把 DATA_DIR 指到运行服务的用户可写的文件夹，或修改它的权限',
        en: "point DATA_DIR at a folder that the server's user can write to, or change its permissions",
      },
    );
  const running = listener?.admin;
  // A server of ours runs, so it probably owns this directory.
  const isOwn =
    typeof running === 'object'
      ? running.storage.dataDir === dir
      : running === 'refused' || listener?.public === 'ours';
  // With Redis each process uses its own directory within it.
  if (owned && !isOwn && configured.config.redis === undefined)
    return fault(
      {
        zh: `${dir} 正被另一个进程使用，而它不是这份配置的服务`,
        en: `${dir} is in use by another process, which is not a server with this configuration`,
      },
      {
        zh: '停掉那个进程，或给这份配置单独的 DATA_DIR；要多进程就设置 REDIS_URL',
        en: 'stop that process, or give this configuration its own DATA_DIR; several processes need REDIS_URL',
      },
    );
  const megabytes = Math.round(freeBytes / 1_048_576);
  if (freeBytes < configured.config.alarms.diskBelowBytes)
    return warning(
      { zh: `${dir} 只剩 ${megabytes} MB`, en: `${dir} has ${megabytes} MB left` },
      {
        zh: '清出空间：低于 ALARM_DISK_MB 会告警',
        en: 'free some space: below ALARM_DISK_MB there is an alarm',
      },
    );
  return ok(`${dir} 可写，剩余 ${megabytes} MB`, `${dir} can be written, ${megabytes} MB left`);
}
