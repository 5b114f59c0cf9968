import type { ServerResponse } from 'node:http';
import { readPageFile } from '../../page-files.js';
import { Problem } from './problem.js';

/** Serves one file of the page; `/` is index.html. @throws Problem 404 */
export async function servePage(path: string, response: ServerResponse): Promise<void> {
  const file = await readPageFile('sandbox/page', path);
  if (file === undefined) throw new Problem(404, `there is no ${path}`);
  response.writeHead(200, file.headers).end(file.bytes);
}
