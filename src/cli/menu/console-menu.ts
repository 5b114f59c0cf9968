import type { ConsoleButton } from '../../api/catalogue/menus.js';
import { plainButton, type PlainButton } from './plain-button.js';

/** Types of the console whose `value` is the id of material: the API sends it by the type `media_id`. */
const MATERIAL = new Set(['img', 'photo', 'voice', 'news']);
/** Types that only the console has. The API can do the same by a click that a handler answers. */
const CONSOLE_ONLY = new Set(['text', 'video', 'finder', 'img', 'photo', 'voice', 'news']);

/**
 * A menu made in the console, as the API could make it, with a word on each button that is not the same then. Source:
 * 获取自定义菜单配置.
 */
export function fromConsole(buttons: readonly ConsoleButton[]): {
  readonly button: readonly PlainButton[];
  readonly notes: readonly string[];
} {
  const notes: string[] = [];
  const convert = ({ sub_button, ...own }: ConsoleButton): PlainButton => {
    const subs = sub_button?.list ?? [];
    if (subs.length > 0) return { name: own.name, sub_button: subs.map(convert) };
    const { name, type = '', value = '' } = own;
    if (!CONSOLE_ONLY.has(type)) return plainButton(own);
    if (MATERIAL.has(type) && value !== '') {
      notes.push(
        `"${name}" was of type ${type}, which only the console has: here it sends the material ${value}.`,
      );
      return { name, type: 'media_id', media_id: value };
    }
    notes.push(
      `"${name}" was of type ${type}, which only the console has: here it is a click for a handler to answer, key "${name}".`,
    );
    return { name, type: 'click', key: name };
  };
  return { button: buttons.map(convert), notes };
}
