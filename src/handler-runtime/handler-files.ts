import { existsSync, realpathSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that should hold a handler or an observer. */
export interface HandlerFile {
  /** Path within the directory with `/`, without extension. */
  readonly name: string;
  readonly path: string;
}

const CODE = /\.[cm]?[jt]s$/;
const NO_HANDLER = /\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?[jt]s$/;

/** True for names that are not handlers: `_…` is shared code, `.…` belongs to tools. */
const isSetAside = (name: string): boolean => /^[._]/.test(name) || name === 'node_modules';

/**
 * Finds the handler files of a directory and its subdirectories, sorted by name. Rejects like `readdir` if it is
 * absent.
 */
export async function findHandlerFiles(dir: string, prefix = ''): Promise<HandlerFile[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !isSetAside(name))
      .map(async (entry) => {
        const { name } = entry;
        const path = join(dir, name);
        if (entry.isDirectory()) return findHandlerFiles(path, `${prefix}${name}/`);
        return CODE.test(name) && !NO_HANDLER.test(name)
          ? [{ name: prefix + name.replace(CODE, ''), path }]
          : [];
      }),
  );
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the name of the handler whose file a stack frame names, if any. */
export function handlerInFrame(dir: string, frame: string): string | undefined {
  const place = fileInFrame(frame);
  if (place === undefined || !existsSync(dir)) return undefined;
  const path = relative(realpathSync(dir), place);
  const parts = path.split(sep);
  if (isAbsolute(path) || parts.some((part) => part === '..' || isSetAside(part)) || !CODE.test(path))
    return undefined;
  return parts.join('/').replace(CODE, '');
}

/** Returns the path of the file that a stack frame names, if any. */
export function fileInFrame(frame: string): string | undefined {
  const place = PLACE.exec(frame)?.[1];
  return place?.startsWith('file:') === true ? fileURLToPath(place) : place;
}

/** The file in a frame of V8: a path, or a URL with the number of its generation. */
const PLACE = /(?:\(|at (?:async )?)((?:file:|\/|[A-Za-z]:[\\/]).*?)(?:\?[^:]*)?:\d+:\d+\)?$/;

/** Finds the directory and all subdirectories, including shared code, to watch for a reload. */
export async function findHandlerFolders(dir: string): Promise<string[]> {
  const below = (await entriesFor(dir)).filter((entry) => entry.isDirectory());
  return [dir, ...(await Promise.all(below.map(({ name }) => findHandlerFolders(join(dir, name))))).flat()];
}

/** Finds every module of the directory, including shared code. */
export async function findModules(dir: string): Promise<string[]> {
  const folders = await findHandlerFolders(dir);
  const files = folders.map(async (folder) =>
    (await entriesFor(folder)).filter(({ name }) => CODE.test(name)).map(({ name }) => join(folder, name)),
  );
  return (await Promise.all(files)).flat();
}

const entriesFor = async (dir: string): Promise<Dirent[]> =>
  (await readdir(dir, { withFileTypes: true })).filter(
    ({ name }) => name !== 'node_modules' && !name.startsWith('.'),
  );
