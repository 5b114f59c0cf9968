/** Stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Names whose values are secret wherever they turn up: as a field of any depth, in a query, in JSON inside a text. */
export const secretFields = [
  'access_token',
  'accessToken',
  'refresh_token',
  'refreshToken',
  'ticket',
  'jsapi_ticket',
  'secret',
  'appsecret',
  'appSecret',
  'signature',
  'msg_signature',
  'msgSignature',
  'authorization',
] as const;

const name = '(?:access_token|refresh_token|(?:jsapi_)?ticket|(?:app)?secret|(?:msg_)?signature)';
/** `access_token=…` up to the end of the parameter; `code=` too, but not `errcode=`. */
const inQuery = new RegExp(String.raw`((?:${name}|(?<![\w-])code)=)[^&\s"'<>\\]+`, 'gi');
/** `"access_token":"…"`, escaped any number of times. */
const inJson = new RegExp(String.raw`(\\*["']?${name}\\*["']?\s*:\s*\\*["'])[^"'\\]+`, 'gi');
const bearer = /(\bbearer\s+)[\w.~+/=-]+/gi;
/** `redis://user:password@host`. */
const inUrl = /(\b[a-z][a-z\d+.-]*:\/\/[^\s/:@"]*:)[^\s/@"]+@/gi;

/** The cheap question asked of every line: might any of the patterns be in it? Field names in quotes count. */
const suspicious =
  /(?:token|ticket|secret|signature|code)=|(?:_token|ticket|secret|signature|accessToken|refreshToken|authorization)\\*["']?\s*:|:[^\s/@"]+@|bearer /i;

/**
 * Makes the function that each finished log line passes through. A line without a trace of a secret costs one look;
 * any other is taken apart, each of its texts is scrubbed, and it is put together again, so it stays valid JSON.
 *
 * In: `secrets` are known values; those below 6 characters are left out, since they would eat ordinary words.
 */
export function createScrubber(secrets: readonly string[]): (line: string) => string {
  const known = [...new Set(secrets.filter((secret) => secret.length >= 6).flatMap(spellings))];
  // The longest first: a secret may begin with another one.
  known.sort((a, b) => b.length - a.length);
  const hidden = new Set<string>(secretFields.map((field) => field.toLowerCase()));

  const scrubText = (text: string): string => {
    let scrubbed = text;
    for (const secret of known)
      if (scrubbed.includes(secret)) scrubbed = scrubbed.replaceAll(secret, REDACTED);
    return scrubbed
      .replace(inQuery, `$1${REDACTED}`)
      .replace(inJson, `$1${REDACTED}`)
      .replace(bearer, `$1${REDACTED}`)
      .replace(inUrl, `$1${REDACTED}@`);
  };
  const scrub = (value: unknown): unknown => {
    if (typeof value === 'string') return scrubText(value);
    if (Array.isArray(value)) return value.map(scrub);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        scrubText(key),
        hidden.has(key.toLowerCase()) ? REDACTED : scrub(part),
      ]),
    );
  };

  return (line) => {
    if (!suspicious.test(line) && !known.some((secret) => line.includes(secret))) return line;
    try {
      return `${JSON.stringify(scrub(JSON.parse(line)))}\n`;
    } catch {
      return `{"level":"error","msg":"A log line was left out: it may hold a secret and could not be read."}\n`;
    }
  };
}

/** A secret as it is, as JSON writes it and as a URL writes it. */
const spellings = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(Buffer.from(secret).toString()),
];
