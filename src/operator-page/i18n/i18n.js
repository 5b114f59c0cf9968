import { en } from './en.js';
import { zh } from './zh.js';

/** Returns the texts of the page in a language, `zh` or `en`. */
export function wordsIn(language) {
  return language === 'zh' ? zh : en;
}
