import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Allows nothing foreign and nothing inline, so that foreign texts can never become active markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Directory of shared page files. Pages import it as `../page-kit/…`, on the disk and in the browser. */
const KIT = 'page-kit';

/** A file of a page, ready to send. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** Returns a path below `src`, in the sources or in the installed package. */
export function sourcePath(path: string): string {
  const beside = fileURLToPath(new URL(path, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
}

/**
 * Reads a file of a page by the path of its URL; `/` is index.html. `undefined`: there is none.
 *
 * @param folder  directory of the page, below `src`
 */
export async function readPageFile(folder: string, path: string): Promise<PageFile | undefined> {
  const root = sourcePath(path.startsWith(`/${KIT}/`) ? KIT : folder);
  const below = path.startsWith(`/${KIT}/`) ? path.slice(KIT.length + 1) : path;
  const file = normalize(join(root, below === '/' ? 'index.html' : below));
  const type = TYPES[extname(file)];
  if (type === undefined || !file.startsWith(root + sep)) return undefined;
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && { headers: headersOf(type, bytes.length), bytes };
}

const headersOf = (type: string, length: number): Readonly<Record<string, string>> => ({
  'content-type': type,
  'content-length': String(length),
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
});
