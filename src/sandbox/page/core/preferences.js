const LANGUAGES = ['zh', 'en'];
const THEMES = ['auto', 'light', 'dark'];

/** The language chosen before, else the browser's. */
export function preferredLanguage() {
  const browser = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
  return read('language', LANGUAGES) ?? browser;
}

/** The theme chosen before, else the system's. */
export function preferredTheme() {
  return read('theme', THEMES) ?? 'auto';
}

export function applyLanguage(language) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  keep('language', language);
}

export function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
  keep('theme', theme);
}

/** The one after it, round and round. */
export function nextTheme(theme) {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
}

function read(name, allowed) {
  const value = localStorage.getItem(`sandbox.${name}`);
  return allowed.includes(value) ? value : undefined;
}

function keep(name, value) {
  localStorage.setItem(`sandbox.${name}`, value);
}
