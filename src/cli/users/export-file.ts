import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../../adapters/http/error-code.js';
import { AppError } from '../../protocol/app-error.js';
import { toCsvHead, toCsvLine, type ExportedUser } from './csv-line.js';

/** The export would overwrite a file or continue a foreign one, or cannot write. Nothing was written. */
export class ExportRefused extends AppError {
  readonly code = 'export_refused';
}

/** A file that grows by batches. A resumed export has each batch completely or not at all. */
export interface ExportFile {
  /** Number of users in the file. */
  readonly count: number;
  /** The last user; '' if there is none. */
  readonly after: string;
  append(users: readonly ExportedUser[]): Promise<void>;
  /** Completes the file and removes the cursor. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

const cursorSchema = z.object({
  appId: z.string(),
  idsOnly: z.boolean(),
  after: z.string(),
  count: z.number(),
  bytes: z.number(),
});
type Cursor = z.infer<typeof cursorSchema>;

/**
 * Opens the file of a new or resumed export. `FILE.cursor` holds the position; a partial batch after it is cut off.
 *
 * @throws ExportRefused
 */
export async function openExport(
  path: string,
  content: Pick<Cursor, 'appId' | 'idsOnly'>,
  { restart }: { readonly restart: boolean },
): Promise<ExportFile> {
  const cursorPath = `${path}.cursor`;
  const before = restart ? undefined : await readCursor(cursorPath);
  if (before === undefined && !restart && (await exists(path)))
    throw new ExportRefused({
      en: `${path} already exists and is not an export that can be resumed: --restart overwrites it.`,
      zh: `${path} 已经存在，又不是可以继续的导出：用 --restart 覆盖它。`,
    });
  if (before !== undefined && (before.appId !== content.appId || before.idsOnly !== content.idsOnly))
    throw new ExportRefused({
      en: `${path} was started for another account or other content: --restart starts over.`,
      zh: `${path} 是另一个账号或另一种内容的导出：用 --restart 从头开始。`,
    });

  const isCsv = extname(path) === '.csv';
  // Personal data, so only the owner may read it.
  const file = await open(path, before === undefined ? 'w' : 'r+', 0o600).catch((error: unknown) => {
    throw new ExportRefused({
      en: `${path} cannot be written (${codeOf(error)})`,
      zh: `${path} 无法写入（${codeOf(error)}）`,
    });
  });
  let cursor: Cursor = before ?? { ...content, after: '', count: 0, bytes: 0 };
  await file.truncate(cursor.bytes);
  const write = async (text: string, next: Omit<Cursor, 'bytes'>) => {
    const { bytesWritten } = await file.write(text, cursor.bytes);
    await file.datasync();
    cursor = { ...next, bytes: cursor.bytes + bytesWritten };
    await writeFile(`${cursorPath}.new`, JSON.stringify(cursor));
    await rename(`${cursorPath}.new`, cursorPath);
  };
  if (cursor.bytes === 0) await write(isCsv ? toCsvHead(content.idsOnly) : '', cursor);

  return {
    get count() {
      return cursor.count;
    },
    get after() {
      return cursor.after;
    },
    async append(users) {
      const lines = users.map((user) =>
        isCsv ? toCsvLine(user, content.idsOnly) : `${JSON.stringify(user)}\n`,
      );
      const after = users.at(-1)?.openid ?? cursor.after;
      await write(lines.join(''), { ...cursor, after, count: cursor.count + users.length });
    },
    finish: () => rm(cursorPath, { force: true }),
    close: () => file.close(),
  };
}

async function readCursor(path: string): Promise<Cursor | undefined> {
  try {
    return cursorSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new ExportRefused({
      en: `${path} cannot be read: --restart starts over.`,
      zh: `${path} 无法读取：用 --restart 从头开始。`,
    });
  }
}

/** True if the file exists. An unreadable one counts as absent: opening it gives the reason. */
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
