import type { Facts } from '../facts.js';
import { fault, ok, warning, type Finding } from '../step.js';
import { list } from './list.js';
import { settingsSkipped } from './not-seen.js';

export function judgeHandlers({ handlers }: Facts): Finding {
  if (handlers === undefined) return settingsSkipped;
  const { dir, faults, shadowed } = handlers;
  if (faults.length > 0) {
    const zh = list(faults.map((one) => `${one.file} ${one.zh}`));
    const en = list(faults.map(({ file, text }) => `${file} ${text}`));
    return fault(
      { zh: `${dir} 里的处理模块无法加载：${zh}`, en: `handlers in ${dir} cannot be loaded:${en}` },
      {
        zh: '修改列出的文件，再用 wechat-callback routes 看路由表；文件夹由 HANDLERS_DIR 指定',
        en: 'correct the files listed; wechat-callback routes shows the routing table; HANDLERS_DIR names the folder',
      },
    );
  }
  if (shadowed.length > 0) {
    const lines = list(
      shadowed.map(({ on, names: [first, ...others] }) => `${on}: ${first} > ${others.join(', ')}`),
    );
    return fault(
      {
        zh: `多个处理模块无条件监听同一种推送，只有第一个会被调用：${lines}`,
        en: `several handlers take the same push without a condition, and only the first is ever asked:${lines}`,
      },
      {
        zh: '给它们加上 when 条件，或只保留一个',
        en: 'give them a `when`, or keep one of them',
      },
    );
  }
  const { handlers: count, observers } = handlers;
  if (count === 0)
    return warning(
      {
        zh: `${dir} 里没有处理模块：每条推送都只回 success`,
        en: `there is no handler in ${dir}: every push is answered with "success"`,
      },
      { zh: '放入处理模块，或检查 HANDLERS_DIR', en: 'put handlers there, or check HANDLERS_DIR' },
    );
  return ok(
    `${dir}：${count} 个处理模块，${observers} 个观察者`,
    `${dir}: handlers ${count}, observers ${observers}`,
  );
}
