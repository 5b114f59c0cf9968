import { realpathSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that should hold a handler or an observer. */
export interface HandlerFile {
  /** Path inside the folder with `/`, without extension. */
  readonly name: string;
  readonly path: string;
}

const CODE = /\.m?[jt]s$/;
const NO_HANDLER = /\.d\.m?ts$|\.(?:test|spec)\.m?[jt]s$/;

/** True for what handlers cannot live in: `_…` is shared code, `.…` belongs to tools. */
const isSetAside = (name: string): boolean => /^[._]/.test(name) || name === 'node_modules';

/** The handler files of a folder and of its sub-folders, by name. Rejects like `readdir` when it is not there. */
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

/** The name of the handler in whose file a frame of a stack lies, if it does. */
export function handlerInFrame(dir: string, frame: string): string | undefined {
  const place = PLACE.exec(frame)?.[1];
  if (place === undefined) return undefined;
  const path = relative(realpathSync(dir), place.startsWith('file:') ? fileURLToPath(place) : place);
  const parts = path.split(sep);
  if (isAbsolute(path) || parts.some((part) => part === '..' || isSetAside(part)) || !CODE.test(path))
    return undefined;
  return parts.join('/').replace(CODE, '');
}

/** The file of a frame as V8 writes it: a path, or a URL with the mark of its generation. */
const PLACE = /(?:\(|at (?:async )?)((?:file:|\/|[A-Za-z]:[\\/]).*?)(?:\?[^:]*)?:\d+:\d+\)?$/;

/** The folder and its sub-folders, those of shared code included: all that a reload has to watch. */
export async function findHandlerFolders(dir: string): Promise<string[]> {
  const below = (await entriesFor(dir)).filter((entry) => entry.isDirectory());
  return [dir, ...(await Promise.all(below.map(({ name }) => findHandlerFolders(join(dir, name))))).flat()];
}

/** Every module of the folder, shared code included. */
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
