import { Refusal } from './endpoint.js';

/** The sizes and formats that one use of a file accepts, and the errcodes of the rest. */
export interface MediaForm {
  readonly mostBytes: number;
  readonly formats: readonly Format[];
  /** The name has no extension that this use accepts. */
  readonly wrongName: number;
  /** The bytes are of another format than the name says. */
  readonly wrongBytes: number;
}

type Format = 'png' | 'jpg' | 'gif' | 'bmp' | 'amr' | 'mp3' | 'wav' | 'wma' | 'mp4';

const MB = 1024 * 1024;

/**
 * Temporary media (新增临时素材). An upload whose file name has no extension is answered with 40005 here and with 40113 for
 * permanent material: public reports of 2016 to 2025.
 */
export const TEMPORARY: Readonly<Record<string, MediaForm>> = {
  image: { mostBytes: 10 * MB, formats: ['png', 'jpg', 'gif'], wrongName: 40005, wrongBytes: 40137 },
  voice: { mostBytes: 2 * MB, formats: ['amr', 'mp3'], wrongName: 40005, wrongBytes: 40005 },
  video: { mostBytes: 10 * MB, formats: ['mp4'], wrongName: 40005, wrongBytes: 40005 },
  thumb: { mostBytes: 64 * 1024, formats: ['jpg'], wrongName: 40005, wrongBytes: 40137 },
};

/** Permanent material (新增其他类型永久素材). */
export const PERMANENT: Readonly<Record<string, MediaForm>> = {
  image: { mostBytes: 10 * MB, formats: ['bmp', 'png', 'jpg', 'gif'], wrongName: 40113, wrongBytes: 40137 },
  voice: { mostBytes: 2 * MB, formats: ['mp3', 'wma', 'wav', 'amr'], wrongName: 40113, wrongBytes: 40113 },
  video: { mostBytes: 10 * MB, formats: ['mp4'], wrongName: 40113, wrongBytes: 40113 },
  thumb: { mostBytes: 64 * 1024, formats: ['jpg'], wrongName: 40113, wrongBytes: 40137 },
};

/** Pictures of articles ("仅支持jpg/png格式，大小必须在1MB以下"). */
export const ARTICLE_PICTURE: MediaForm = {
  mostBytes: MB - 1,
  formats: ['jpg', 'png'],
  wrongName: 40005,
  wrongBytes: 40137,
};

/** The bytes with which a file begins, as Latin-1. */
const BEGINNINGS: Readonly<Record<Format, RegExp>> = {
  png: /^\x89PNG/,
  jpg: /^\xff\xd8\xff/,
  gif: /^GIF8/,
  bmp: /^BM/,
  amr: /^#!AMR/,
  mp3: /^(ID3|\xff[\xe2-\xfb])/,
  wav: /^RIFF....WAVE/s,
  wma: /^\x30\x26\xb2\x75/,
  mp4: /^....ftyp/s,
};

/** Checks a file's size, name and bytes. @throws Refusal 44001 empty, 45001 too large, else by its name and bytes */
export function checkMedia(bytes: Buffer, fileName: string, form: MediaForm): void {
  if (bytes.length === 0) throw new Refusal(44001);
  if (bytes.length > form.mostBytes) throw new Refusal(45001);
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase();
  if (!form.formats.some((format) => format === (extension === 'jpeg' ? 'jpg' : extension)))
    throw new Refusal(form.wrongName);
  const beginning = bytes.toString('latin1', 0, 12);
  // WeChat goes by the bytes from here on: a PNG called .jpg is a picture.
  if (!form.formats.some((format) => BEGINNINGS[format].test(beginning))) throw new Refusal(form.wrongBytes);
}
