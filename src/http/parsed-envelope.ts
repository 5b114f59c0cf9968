/** Base64, as a sealed message is written. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** An original id of an account. */
const ID = /^\w{1,64}$/;

/**
 * The envelope of a sealed push, out of what a body parser made of it. The signature covers the text of `Encrypt` and
 * nothing else, so nothing that counts was lost with the bytes. `undefined`: it holds none.
 *
 * In: the body of XML parsers in use: by name or by lower-cased name, each text bare or in a list, with or without the
 *     root; and of JSON parsers
 */
export function envelopeOf(parsed: unknown): string | undefined {
  const fields = valueIn(parsed, 'xml') ?? parsed;
  const encrypt = textIn(fields, 'encrypt');
  if (encrypt === undefined || !BASE64.test(encrypt)) return undefined;
  const account = textIn(fields, 'tousername') ?? '';
  const to = ID.test(account) ? `<ToUserName><![CDATA[${account}]]></ToUserName>` : '';
  return `<xml>${to}<Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`;
}

function textIn(fields: unknown, name: string): string | undefined {
  const value = valueIn(fields, name);
  return typeof value === 'string' ? value : undefined;
}

/** The one value under a name in any spelling. */
function valueIn(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const found = Object.entries(fields).filter(([key]) => key.toLowerCase() === name);
  const value: unknown = found.length === 1 ? found[0]?.[1] : undefined;
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}
