/**
 * Returns the file name in a Content-Disposition header, without directories. Node gives one character per byte, so raw
 * UTF-8 is decoded again.
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
