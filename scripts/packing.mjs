// What both packages do with their files: few, minified, and with the pages that the sources read as they are.
import { minify } from '@swc/core';
import { transform } from 'esbuild';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../', import.meta.url));

/** @type {import('esbuild').BuildOptions & { bundle: true }} */
export const BUNDLE = {
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  charset: 'utf8',
  logLevel: 'warning',
};

/** Copies folders and files below src/. @param {string[]} pages @param {string} dist */
export function copyPages(pages, dist) {
  for (const page of pages)
    cpSync(join(root, 'src', page), join(dist, page), {
      recursive: true,
      filter: (path) => !/\.ts$|(?:^|[\\/])\.[^\\/]*$/.test(path),
    });
}

/** Minifies code, style sheets and JSON. @param {string} dist */
export async function shortenFiles(dist) {
  for (const file of filesOf(dist)) {
    if (file.endsWith('.js') && !file.includes('vendor')) await shorten(file);
    if (file.endsWith('.css')) {
      const text = readFileSync(file, 'utf8');
      const { code } = await transform(text, { loader: 'css', minifyWhitespace: true, charset: 'utf8' });
      writeFileSync(file, code);
    }
    if (file.endsWith('.json')) writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))));
  }
}

/** @param {string} folder */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** @param {string} file */
async function shorten(file) {
  const { code } = await minify(readFileSync(file, 'utf8'), {
    module: true,
    compress: { keep_fnames: true, keep_classnames: true },
    mangle: { keep_fnames: true, keep_classnames: true },
    format: { comments: false, asciiOnly: false },
  });
  writeFileSync(file, `${code.trimEnd()}\n`);
}

/** The declarations that some files reach. @param {string[]} entries */
export function typesFrom(entries) {
  const reached = new Set();
  const walk = (/** @type {string} */ file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import\()\s*["'](\.[^"']+)["']/g,
    ))
      walk(resolve(dirname(file), path.replace(/\.js$/, '.d.ts')));
  };
  for (const entry of entries) walk(entry);
  return reached;
}
