/** A file format by its usual extension. */
export type FileFormat = 'png' | 'jpg' | 'gif' | 'bmp' | 'webp' | 'amr' | 'mp3' | 'wav' | 'wma' | 'mp4';

const ascii = (text: string, at = 0) => ({ at, bytes: Uint8Array.from(text, (one) => one.charCodeAt(0)) });
const raw = (...bytes: number[]) => ({ at: 0, bytes: Uint8Array.from(bytes) });

/** Magic bytes of each format; all of a row must match. */
const BEGINNINGS: readonly (readonly [FileFormat, ...{ at: number; bytes: Uint8Array }[]])[] = [
  ['png', raw(0x89, 0x50, 0x4e, 0x47)],
  ['jpg', raw(0xff, 0xd8, 0xff)],
  ['gif', ascii('GIF8')],
  ['bmp', ascii('BM')],
  ['webp', ascii('RIFF'), ascii('WEBP', 8)],
  ['wav', ascii('RIFF'), ascii('WAVE', 8)],
  ['amr', ascii('#!AMR')],
  ['mp3', ascii('ID3')],
  ['mp3', raw(0xff, 0xfb)],
  ['mp3', raw(0xff, 0xf3)],
  ['mp3', raw(0xff, 0xf2)],
  ['wma', raw(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11)],
  ['mp4', ascii('ftyp', 4)],
];

/** Detects a file's format by its first bytes; `undefined` if unknown. */
export function formatOf(file: Uint8Array): FileFormat | undefined {
  return BEGINNINGS.find(([, ...marks]) =>
    marks.every(({ at, bytes }) => bytes.every((byte, index) => file[at + index] === byte)),
  )?.[0];
}

const CONTENT_TYPES: Readonly<Record<FileFormat, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  bmp: 'image/bmp',
  webp: 'image/webp',
  amr: 'audio/amr',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  wma: 'audio/x-ms-wma',
  mp4: 'video/mp4',
};

export const contentTypeOf = (format: FileFormat): string => CONTENT_TYPES[format];

/** Returns the name with the right extension, by which WeChat checks files. */
export function nameFor(format: FileFormat | undefined, name: string | undefined): string {
  const given = name === undefined || name === '' ? 'media' : name;
  if (format === undefined) return given;
  const extension = /\.([^.]+)$/.exec(given)?.[1]?.toLowerCase();
  const fits = extension === format || (format === 'jpg' && extension === 'jpeg');
  return fits ? given : `${given}.${format}`;
}
