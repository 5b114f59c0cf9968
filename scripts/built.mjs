// Checks whether dist/ exists and is not older than its sources, and copies other files of handlers/ to it.
import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BUILT_OF = ['src', 'handlers', 'tsconfig.json', 'tsconfig.build.json', 'package.json'];

/** The latest change below a path, in ms since 1970; 0 where there is nothing. @param {string} path */
function changedAtMs(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  // A directory's own time shows removed files.
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => changedAtMs(join(path, name))));
}

/** @param {string} root of the repository */
export function isBuilt(root) {
  const built = statSync(join(root, 'dist/built'), { throwIfNoEntry: false });
  return built !== undefined && BUILT_OF.every((path) => changedAtMs(join(root, path)) <= built.mtimeMs);
}

/** Copies files that tsc ignores: handlers in plain JavaScript, and files that handlers read. @param {string} root */
export function copyHandlerFiles(root) {
  const from = join(root, 'handlers');
  if (!existsSync(from)) return;
  cpSync(from, join(root, 'dist/handlers'), {
    recursive: true,
    filter: (path) => !/(?:^|[\\/])node_modules$|\.[cm]?ts$/.test(path),
  });
}
