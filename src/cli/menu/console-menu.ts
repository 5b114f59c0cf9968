import type { ConsoleButton } from '../../api/catalogue/menus.js';
import type { Words } from '../../protocol/words.js';
import { plainButton, type PlainButton } from './plain-button.js';

/** Console types whose `value` is the id of material; the API equivalent is `media_id`. */
const MATERIAL = new Set(['img', 'photo', 'voice', 'news']);
/** Types that only the console has. The API equivalent is a click that a handler answers. */
const CONSOLE_ONLY = new Set(['text', 'video', 'finder', 'img', 'photo', 'voice', 'news']);

/** Converts a console menu to one of the API, with a note on each button that will differ. Source: 获取自定义菜单配置. */
export function fromConsole(buttons: readonly ConsoleButton[]): {
  readonly button: readonly PlainButton[];
  readonly notes: readonly Words[];
} {
  const notes: Words[] = [];
  const convert = ({ sub_button, ...own }: ConsoleButton): PlainButton => {
    const subs = sub_button?.list ?? [];
    if (subs.length > 0) return { name: own.name, sub_button: subs.map(convert) };
    const { name, type = '', value = '' } = own;
    if (!CONSOLE_ONLY.has(type)) return plainButton(own);
    if (MATERIAL.has(type) && value !== '') {
      notes.push({
        en: `"${name}" was of type ${type}, which only the console has: here it sends the material ${value}.`,
        zh: `“${name}”原来的类型是 ${type}，只有公众号后台才有：这里改为发送素材 ${value}。`,
      });
      return { name, type: 'media_id', media_id: value };
    }
    notes.push({
      en: `"${name}" was of type ${type}, which only the console has: here it is a click for a handler to answer, key "${name}".`,
      zh: `“${name}”原来的类型是 ${type}，只有公众号后台才有：这里改为点击事件，由处理模块回复，key 是 "${name}"。`,
    });
    return { name, type: 'click', key: name };
  };
  return { button: buttons.map(convert), notes };
}
