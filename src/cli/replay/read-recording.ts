import { open, type FileHandle } from 'node:fs/promises';
import { whyUnreadable } from '../../config/text-file.js';
import { createSealer } from '../../crypto/sealer.js';
import {
  readLine,
  RECORDING_PURPOSE,
  type LineFault,
  type RecordedPush,
} from '../../recording/recorded-push.js';
import type { Words } from '../../protocol/words.js';
import { UsageInvalid } from '../command.js';

/** A parsed line of a recording. `number` counts from 1. */
export type RecordingLine =
  | { readonly number: number; readonly recorded: RecordedPush }
  | { readonly number: number; readonly fault: LineFault };

/**
 * Reads a recording line by line, in constant memory.
 *
 * @throws UsageInvalid  the file cannot be read, or is sealed and there is no key
 */
export async function* readRecording(file: string, key: string | undefined): AsyncGenerator<RecordingLine> {
  const sealer = key === undefined ? undefined : createSealer(key, RECORDING_PURPOSE);
  const handle = await openFile(file);
  let number = 0;
  try {
    for await (const text of handle.readLines()) {
      number += 1;
      if (text.trim() === '') continue;
      const read = readLine(text, sealer);
      if (read === 'sealed')
        throw new UsageInvalid({
          en: `${file} is sealed. Set RECORD_KEY to the one it was recorded with.`,
          zh: `${file} 是加密的。请把 RECORD_KEY 设为录制时用的那一个。`,
        });
      if (typeof read === 'string') yield { number, fault: read };
      else for (const recorded of read) yield { number, recorded };
    }
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    const why = whyUnreadable(error);
    throw new UsageInvalid({ en: `${file} ${why.en}.`, zh: `${file} ${why.zh}。` });
  }
  throw new UsageInvalid({
    en: `${file} is not a file. A folder of recordings: cat FOLDER/*.jsonl > all.jsonl`,
    zh: `${file} 不是文件。一个目录的录制可以合并：cat 目录/*.jsonl > all.jsonl`,
  });
}

/** Descriptions of faults of a line. */
export const FAULTS: { readonly [fault in LineFault]: Words } = {
  unreadable: { en: 'is not a line of a recording', zh: '不是录制的内容' },
  sealed: { en: 'is sealed', zh: '是加密的' },
  'not-opened': {
    en: 'does not open: it is damaged, or RECORD_KEY is not the one that it was recorded with',
    zh: '无法解密：内容损坏，或者 RECORD_KEY 不是录制时用的那一个',
  },
};
