import { html, useEffect, useLayoutEffect, useState } from '../../../page-kit/html.js';

/** Shows the account's menu as this follower's phone has it. Buttons with sub-buttons open upwards; Esc closes them. */
export function MenuBar({ state, actions, words, follower }) {
  const [open, setOpen] = useState(-1);
  const menu = state.menus[state.follower];
  const buttons = menu?.seen ?? [];
  const stale = menu !== undefined && JSON.stringify(menu.seen) !== JSON.stringify(menu.current);

  useEffect(() => setOpen(-1), [state.follower, menu]);
  useLayoutEffect(() => {
    if (open < 0) return undefined;
    const shut = (event) => {
      if (event.type === 'keydown' ? event.key === 'Escape' : !event.target.closest('.menu-bar')) setOpen(-1);
    };
    document.addEventListener('keydown', shut);
    document.addEventListener('click', shut);
    return () => {
      document.removeEventListener('keydown', shut);
      document.removeEventListener('click', shut);
    };
  }, [open]);

  async function tap(button, path) {
    setOpen(-1);
    await actions.act({ action: 'tap', button: path });
    if (button.type === 'view') actions.open({ name: 'url', url: button.url ?? '' });
  }

  if (!follower?.following) return null;
  return html`
    ${
      stale &&
      html`
        <p class="menu-note">
          <span>${words.menuStale}</span>
          <button type="button" class="small" onClick=${actions.refreshMenu}>${words.menuRefresh}</button>
        </p>
      `
    }
    ${
      buttons.length === 0
        ? !stale &&
          html`<p class="menu-note quiet">
            <span>${words.noMenu}</span><${EditMenu} actions=${actions} words=${words} />
          </p>`
        : html`
            <nav class="menu-bar" aria-label=${words.menuBar}>
              ${buttons.map((button, place) => {
                const subs = button.sub_button ?? [];
                return html`
                  <div class="menu-slot">
                    ${
                      open === place &&
                      html`
                        <ul>
                          ${subs.map(
                            (sub, row) => html`
                              <li>
                                <button type="button" onClick=${() => tap(sub, `${place}.${row}`)}>
                                  ${sub.name}
                                </button>
                              </li>
                            `,
                          )}
                        </ul>
                      `
                    }
                    <button
                      type="button"
                      aria-expanded=${subs.length > 0 ? open === place : undefined}
                      onClick=${() => {
                        if (subs.length === 0) void tap(button, String(place));
                        else setOpen(open === place ? -1 : place);
                      }}
                    >
                      ${subs.length > 0 && html`<span class="bars" aria-hidden="true">≡</span>`}${button.name}
                    </button>
                  </div>
                `;
              })}
              <${EditMenu} actions=${actions} words=${words} />
            </nav>
          `
    }
  `;
}

function EditMenu({ actions, words }) {
  return html`<button
    type="button"
    class="small edit-menu"
    aria-label=${words.editMenu}
    title=${words.editMenu}
    onClick=${() => actions.open({ name: 'menu' })}
  >
    ✎
  </button>`;
}
