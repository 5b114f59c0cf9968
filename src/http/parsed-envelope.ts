/** Base64, the form of a sealed message. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** An original id of an account. */
const ID = /^\w{1,64}$/;

/**
 * Rebuilds the envelope of a sealed push from the object of a body parser. The signature covers only the text of
 * `Encrypt`, so the lost bytes do not matter. `undefined`: the object has no `Encrypt`.
 *
 * In: the object of a common XML parser: names in original or lower case, each text bare or in a list, with or without
 * the
 *     root; or of a JSON parser
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

/** Returns the single value under a name in any spelling. */
function valueIn(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const found = Object.entries(fields).filter(([key]) => key.toLowerCase() === name);
  const value: unknown = found.length === 1 ? found[0]?.[1] : undefined;
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}
