import { en } from './en.js';
import { zh } from './zh.js';

/** The words of the page in that language, `zh` or `en`. */
export function wordsIn(language) {
  return language === 'zh' ? zh : en;
}
