const LANGUAGES = ['zh', 'en'];
const THEMES = ['auto', 'light', 'dark'];

/** Applies the language and theme that the reader chose before, and returns them for the first state of the page. */
export function preferences() {
  const language = preferredLanguage();
  const theme = preferredTheme();
  applyLanguage(language);
  applyTheme(theme);
  return { language, theme };
}

/** The language chosen before, else the browser's. */
function preferredLanguage() {
  const browser = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
  return read('language', LANGUAGES) ?? browser;
}

/** The theme chosen before, else the system's. */
function preferredTheme() {
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

/** Returns the next theme, cyclically. */
export function nextTheme(theme) {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
}

function read(name, allowed) {
  const value = localStorage.getItem(`page.${name}`);
  return allowed.includes(value) ? value : undefined;
}

function keep(name, value) {
  localStorage.setItem(`page.${name}`, value);
}
