import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../../adapters/http/error-code.js';
import { AppError } from '../../protocol/app-error.js';
import { toCsvHead, toCsvLine, type ExportedUser } from './csv-line.js';

/** The export would overwrite a file, go on with one that is not its own, or cannot write there. Nothing was written. */
export class ExportRefused extends AppError {
  readonly code = 'export_refused';
}

/** A file that grows by batches, each of which is there whole or not at all once the export goes on. */
export interface ExportFile {
  /** Users that are in the file. */
  readonly count: number;
  /** The last of them; '' where there is none. */
  readonly after: string;
  append(users: readonly ExportedUser[]): Promise<void>;
  /** All are there: nothing is left to go on with. */
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
 * Opens the file of an export, new or where it was. `FILE.cursor` says how far that is; what stands behind in the file
 * is of a batch that was not finished, and is cut off.
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
    throw new ExportRefused(
      `${path} is there already and no export that could go on: --restart overwrites it.`,
    );
  if (before !== undefined && (before.appId !== content.appId || before.idsOnly !== content.idsOnly))
    throw new ExportRefused(`${path} was begun for another account or content: --restart begins anew.`);

  const isCsv = extname(path) === '.csv';
  // People's data: for nobody else to read.
  const file = await open(path, before === undefined ? 'w' : 'r+', 0o600).catch((error: unknown) => {
    throw new ExportRefused(`${path} cannot be written (${codeOf(error)})`);
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
    throw new ExportRefused(`${path} cannot be read: --restart begins anew.`);
  }
}

/** What is there and cannot be looked at counts as there not to be: opening it tells why. */
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
