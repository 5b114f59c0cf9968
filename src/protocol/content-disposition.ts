/**
 * The file name out of a Content-Disposition header as Node hands it over, which is one character for each byte: UTF-8
 * that came raw is put together again. Without folders; undefined where there is none.
 */
export function fileNameOf(disposition: string | undefined): string | undefined {
  if (disposition === undefined) return undefined;
  const [, encoded] = /filename\*\s*=\s*UTF-8''([^;]+)/i.exec(disposition) ?? [];
  const [, quoted, bare] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i.exec(disposition) ?? [];
  const raw = quoted?.replace(/\\(.)/g, '$1') ?? bare?.trim();
  const name = (encoded === undefined ? undefined : unescaped(encoded.trim())) ?? (raw && asUtf8(raw));
  // oxlint-disable-next-line no-control-regex
  const clean = name?.replace(/^.*[/\\]/, '').replace(/[\u0000-\u001f\u007f]/g, '');
  return clean === '' || clean === '.' || clean === '..' ? undefined : clean;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function asUtf8(text: string): string {
  try {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}
