/** Replaces a secret. */
export const REDACTED = '[redacted]';

/** Names whose values are secret everywhere: in a field of any depth, in a query, in JSON within a text. */
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

/** A cheap check of every line: could it match any of the patterns? Quoted field names count. */
const suspicious =
  /(?:token|ticket|secret|signature|code)=|(?:_token|ticket|secret|signature|accessToken|refreshToken|authorization)\\*["']?\s*:|:[^\s/@"]+@|bearer /i;

export interface Scrubber {
  /** Returns the finished line without secrets. */
  readonly scrubLine: (line: string) => string;
  /** True if a line holds a known secret. */
  readonly holdsKnown: (line: string) => boolean;
}

/**
 * Creates the scrubber of finished log lines. A line that cannot hold a secret costs one check; any other is parsed,
 * each of its texts is scrubbed, and it is serialized again, so it stays valid JSON.
 *
 * In: `secrets`: known values; those below 6 characters are ignored, since they would match ordinary words.
 */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const known = [...new Set(secrets.filter((secret) => secret.length >= 6).flatMap(spellings))];
  // Longest first: a secret may begin with another one.
  known.sort((a, b) => b.length - a.length);
  const holdsKnown = (line: string): boolean => {
    for (const secret of known) if (line.includes(secret)) return true;
    return false;
  };
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

  const scrubLine = (line: string): string => {
    if (!suspicious.test(line) && !holdsKnown(line)) return line;
    try {
      return `${JSON.stringify(scrub(JSON.parse(line)))}\n`;
    } catch {
      return `{"level":"error","msg":"A log line was left out: it may hold a secret and could not be read."}\n`;
    }
  };
  return { scrubLine, holdsKnown };
}

/** Returns a secret as it is, escaped in JSON, and encoded in a URL. */
const spellings = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(Buffer.from(secret).toString()),
];
