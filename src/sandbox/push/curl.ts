/** Writes a request as a shell command that sends the same bytes. */
export function curlFor(request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}): string {
  const words = ['curl', '-sS', '-i', '--max-time', '5'];
  for (const [name, value] of Object.entries(request.headers)) words.push('-H', quoted(`${name}: ${value}`));
  if (request.method !== 'GET') words.push('--data-raw', quoted(request.body));
  words.push(quoted(request.url));
  return words.join(' ');
}

/** Quotes a text for the shell: within single quotes only `'` must be escaped. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
