import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.js';

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

/** Nothing from elsewhere, nothing inline: texts from pushes can never become markup that acts. */
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

/** A file beside the sandbox's code: in the sources, or in the checkout that the compiled code lies in. */
export function ownFile(path: string): string {
  const beside = fileURLToPath(new URL(`../${path}`, import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL(`../../../../src/sandbox/${path}`, import.meta.url));
}

/** Serves one file of the page; `/` is index.html. @throws Problem 404 */
export async function servePage(path: string, response: ServerResponse): Promise<void> {
  const root = ownFile('page');
  const file = normalize(join(root, path === '/' ? 'index.html' : path));
  const type = TYPES[extname(file)];
  const bytes =
    type === undefined || !file.startsWith(root + sep)
      ? undefined
      : await readFile(file).catch(() => undefined);
  if (type === undefined || bytes === undefined) throw new Problem(404, `there is no ${path}`);
  response.writeHead(200, {
    'content-type': type,
    'content-length': bytes.length,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  response.end(bytes);
}
