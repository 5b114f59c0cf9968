import { anyText, path, wholeNumber } from './value-schemas.js';
import type { Variable } from './variable.js';

/** Variables of record and replay; see docs/operations.md. */
export const recordingVariables = {
  RECORD_DIR: {
    schema: path,
    allowed: { en: 'the path of a folder', zh: '一个目录的路径' },
    without: 'nothing is recorded',
    meaning: 'Folder into which pushes and their answers are recorded, for wechat-callback replay.',
  },
  RECORD_KEY: {
    schema: anyText.min(32),
    allowed: { en: 'a random string of at least 32 characters', zh: '至少 32 个字符的随机文本' },
    without: 'texts and OpenIDs are replaced by stand-ins',
    secret: true,
    meaning: 'Encrypts the recording; replay needs the same one.',
  },
  RECORD_MAX_MB: {
    schema: wholeNumber(8, 1_000_000),
    allowed: { en: 'a whole number of MB, at least 8', zh: '不小于 8 的整数，单位 MB' },
    fallback: '256',
    meaning: 'Size of the whole recording; the oldest part is dropped first. MB.',
  },
  RECORD_MAX_DAYS: {
    schema: wholeNumber(1, 3_650),
    allowed: { en: 'a whole number of days, at least 1', zh: '不小于 1 的整数，单位天' },
    fallback: '7',
    meaning: 'How long recordings are kept. Days.',
  },
} as const satisfies Record<string, Variable>;
