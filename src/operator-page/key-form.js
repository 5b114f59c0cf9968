import { html, useEffect, useRef, useState } from '../page-kit/html.js';

const isPlain = location.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(location.hostname);

/** Asks for the key, which is sent once and not stored in the page. */
export function KeyForm({ actions, words }) {
  const field = useRef(null);
  const [why, setWhy] = useState(undefined);
  useEffect(() => field.current.focus(), []);

  async function submit(event) {
    event.preventDefault();
    const refused = await actions.signIn(field.current.value);
    setWhy(refused);
    if (refused !== undefined) field.current.select();
  }

  return html`
    <main class="sign-in">
      <form class="card" onSubmit=${submit}>
        <h2>${words.keyTitle}</h2>
        <p class="quiet">${words.keyText}</p>
        ${isPlain && html`<p class="warning">${words.keyPlain}</p>`}
        <label class="field">
          <span>${words.keyLabel}</span>
          <input
            ref=${field}
            type="password"
            name="key"
            autocomplete="current-password"
            required
            aria-invalid=${why !== undefined}
            aria-describedby="key-why"
          />
        </label>
        <p id="key-why" class="refusal" role="alert">${why && words.keyWhy[why]}</p>
        <button type="submit" class="primary">${words.enter}</button>
      </form>
    </main>
  `;
}
