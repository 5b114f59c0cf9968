import type { Language } from '../protocol/words.js';

/**
 * Returns the language of a terminal by its environment, in POSIX order of the variables: Chinese if set, else English.
 */
export function terminalLanguage(env: NodeJS.ProcessEnv): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
