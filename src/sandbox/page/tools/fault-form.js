import { html, useState } from '../../../page-kit/html.js';

const PATHS = [
  '*',
  '/cgi-bin/message/custom/send',
  '/cgi-bin/stable_token',
  '/cgi-bin/token',
  '/cgi-bin/message/custom/typing',
  '/cgi-bin/message/template/send',
  '/cgi-bin/media/upload',
  '/cgi-bin/menu/create',
  '/cgi-bin/user/info',
  '/cgi-bin/ticket/getticket',
];

/** Fields of each kind of fault, with their defaults. */
const FIELDS = {
  delay: { delayMs: 6000 },
  'http-status': { status: 502 },
  'content-type': { contentType: 'text/plain' },
  errcode: { errcode: 45009, errmsg: '' },
};

/** Adds any fault, for any path and number of calls. */
export function FaultForm({ accessPoints, actions, words }) {
  const [kind, setKind] = useState('errcode');
  const [values, setValues] = useState(FIELDS.errcode);
  const [where, setWhere] = useState({ path: '*', accessPoint: '*', calls: '1' });
  const own = FIELDS[kind] ?? {};
  const change = (name) => (event) => setWhere({ ...where, [name]: event.currentTarget.value });

  function add(event) {
    event.preventDefault();
    const given = Object.entries(values).filter(([, value]) => value !== '');
    const fields = given.map(([name, value]) => [
      name,
      typeof own[name] === 'number' ? Number(value) : value,
    ]);
    const path = where.path.trim() || '*';
    void actions.addFault({
      kind,
      ...where,
      path,
      calls: Number(where.calls),
      ...Object.fromEntries(fields),
    });
  }

  return html`
    <form class="fault-form" onSubmit=${add}>
      <label class="field">
        <span>${words.faultKind}</span>
        <select
          value=${kind}
          onChange=${({ currentTarget: { value } }) => {
            setKind(value);
            setValues(FIELDS[value] ?? {});
          }}
        >
          ${Object.entries(words.faultKinds).map(([name, text]) => html`<option value=${name}>${text}</option>`)}
        </select>
      </label>
      ${Object.entries(own).map(
        ([name, sample]) => html`
          <label class="field" key=${`${kind}-${name}`}>
            <span>${words.faultFields[name]}</span>
            <input
              type=${typeof sample === 'number' ? 'number' : 'text'}
              value=${values[name]}
              onInput=${(event) => setValues({ ...values, [name]: event.currentTarget.value })}
            />
          </label>
        `,
      )}
      <label class="field">
        <span>${words.path}</span>
        <input list="paths" title=${words.anyPath} value=${where.path} onInput=${change('path')} />
      </label>
      <datalist id="paths">${PATHS.map((path) => html`<option value=${path}></option>`)}</datalist>
      <label class="field">
        <span>${words.accessPoint}</span>
        <select value=${where.accessPoint} onChange=${change('accessPoint')}>
          <option value="*">${words.all}</option>
          ${accessPoints.map(({ name, host }) => html`<option value=${name}>${host}</option>`)}
        </select>
      </label>
      <label class="field">
        <span>${words.callCount}</span>
        <select value=${where.calls} onChange=${change('calls')}>
          ${[1, 2, 3, 5, 10].map((count) => html`<option value=${count}>${count}</option>`)}
          <option value="-1">${words.untilRemoved}</option>
        </select>
      </label>
      <button type="submit" class="primary">${words.switchOn}</button>
    </form>
  `;
}
