import { sandboxNow, useTicking } from './core/clock.js';
import { countdown, dayAndTime } from './core/format.js';
import { html } from './html.js';

/** Half a disc, a sun, a moon. */
const THEME_SIGNS = {
  auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5',
  dark: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
};

/** Where pushes go, what is out of the ordinary, the clock, language and theme. */
export function TopBar({ state, actions, words }) {
  useTicking(1_000);
  const { account, connection, faults, markFail, theme, language } = state;
  const now = sandboxNow(state);
  const blockedMs = (markFail.blockedUntilMs ?? 0) - now;
  const themeLabel = words.themeIs(words.themes[theme]);

  return html`
    <header class="top-bar">
      <img class="mark" src="/icon.svg" alt="" width="32" height="32" />
      <div class="titles">
        <h1>${words.title}</h1>
        <p>${words.subtitle}</p>
      </div>
      <span class=${`lamp ${connection}`} role="status" title=${words.connection[connection]}>
        <span class="visually-hidden">${words.connection[connection]}</span>
      </span>
      ${
        account &&
        html`
          <button
            type="button"
            class="target"
            onClick=${() => show(actions, 'setup')}
            title=${account.target}
          >
            <span class="address">${account.target}</span>
            <span class="chip">${words.modes[account.mode]}</span>
          </button>
        `
      }
      <span class="stretch"></span>
      ${blockedMs > 0 && html`<span class="chip bad">${words.markFail(countdown(blockedMs))}</span>`}
      ${
        faults.length > 0 &&
        html`
          <button type="button" class="chip warm" onClick=${() => show(actions, 'faults')}>
            ${words.faultsOn(faults.length)}
          </button>
        `
      }
      <button
        type="button"
        class=${`clock ${state.movedMs > 0 ? 'moved' : ''}`}
        aria-label=${`${words.clock} ${dayAndTime(now)}`}
        onClick=${() => actions.open({ name: 'clock' })}
      >
        <span class="day">${dayAndTime(now).slice(0, 6)}</span>${dayAndTime(now).slice(6)}
      </button>
      <button
        type="button"
        class="tool"
        lang=${language === 'zh' ? 'en' : 'zh-CN'}
        onClick=${() => actions.speak(language === 'zh' ? 'en' : 'zh')}
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
    </header>
  `;
}

function show(actions, tab) {
  actions.showTab(tab);
  actions.showPane('inspector');
}
