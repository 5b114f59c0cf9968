import { html, useLayoutEffect, useRef } from './html.js';

/** Shows a modal dialog. The browser keeps the focus inside and restores it; Esc and a click outside close it. */
export function Dialog({ title, words, onClose, wide = false, children }) {
  const dialog = useRef(null);
  // Opened synchronously with the rendering: a key pressed right after must find it open.
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
