import type { ServerResponse } from 'node:http';
import type { SandboxState } from '../sandbox-state.js';
import { Problem } from './problem.js';

/** Only pictures, by their first bytes: a page that was uploaded would be active here. */
const PICTURES: readonly (readonly [type: string, begins: RegExp])[] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8/],
];

/** Serves an uploaded picture to the page: `/media/<media id>`. @throws Problem 404 */
export function serveMedia(path: string, state: SandboxState, response: ServerResponse): void {
  const bytes = state.media.get(decodeURIComponent(path.slice('/media/'.length)))?.bytes;
  const start = bytes?.subarray(0, 8).toString('latin1') ?? '';
  const type = PICTURES.find(([, begins]) => begins.test(start))?.[0];
  if (bytes === undefined || type === undefined) throw new Problem(404, `there is no picture ${path}`);
  response
    .writeHead(200, {
      'content-type': type,
      'content-length': bytes.length,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
    })
    .end(bytes);
}
