import { html } from './html.js';

/** Half a disc, a sun, a moon. */
const THEME_SIGNS = {
  auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5',
  dark: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
};

/** The buttons for language and theme, at the end of the top bar. */
export function PageTools({ state: { language, theme }, actions, words }) {
  const other = language === 'zh' ? 'en' : 'zh';
  const themeLabel = words.themeIs(words.themes[theme]);
  return html`
    <button
      type="button"
      class="tool"
      lang=${other === 'zh' ? 'zh-CN' : 'en'}
      onClick=${() => actions.speak(other)}
    >
      ${words.otherLanguage}
    </button>
    <button
      type="button"
      class="tool sign"
      aria-label=${themeLabel}
      title=${themeLabel}
      onClick=${actions.changeTheme}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${THEME_SIGNS[theme]} /></svg>
    </button>
  `;
}

/** Shows the state of the connection to the server: green, amber while it connects, red once it is lost. */
export function Lamp({ connection, words }) {
  return html`
    <span class=${`lamp ${connection}`} role="status" title=${words.connection[connection]}>
      <span class="visually-hidden">${words.connection[connection]}</span>
    </span>
  `;
}
