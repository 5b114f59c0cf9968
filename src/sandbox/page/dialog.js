import { html, useLayoutEffect, useRef } from './html.js';

/** A modal panel. The browser keeps the focus inside and gives it back; Esc and a click beside it close. */
export function Dialog({ title, words, onClose, wide = false, children }) {
  const dialog = useRef(null);
  // In the same breath as it is drawn: a key pressed right after must find it open.
  useLayoutEffect(() => {
    const node = dialog.current;
    const opener = document.activeElement;
    node.showModal();
    return () => {
      node.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  return html`
    <dialog
      ref=${dialog}
      class=${wide ? 'wide' : ''}
      aria-label=${title}
      onCancel=${(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick=${(event) => event.target === dialog.current && onClose()}
    >
      <div class="dialog-body">
        <header>
          <h2>${title}</h2>
          <button type="button" class="plain" aria-label=${words.close} onClick=${onClose}>×</button>
        </header>
        ${children}
      </div>
    </dialog>
  `;
}
