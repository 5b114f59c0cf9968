import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sourcePath } from '../../page-files.js';
import type { Sandbox } from '../types/sandbox.js';
import type { SandboxState } from '../sandbox-state.js';
import { COMMAND_ROUTES } from './command-routes.js';
import { Problem } from './problem.js';
import { QUERY_ROUTES } from './query-routes.js';
import { readJson } from './read-body.js';
import type { Route } from './route.js';
import { SIMULATION_ROUTES } from './simulation-routes.js';

const BODY_LIMIT = 16 * 1024 * 1024;

/** All routes of the JSON API except the event stream. */
export const ROUTES: readonly Route[] = [
  ...QUERY_ROUTES,
  ...COMMAND_ROUTES,
  ...SIMULATION_ROUTES,
  {
    method: 'GET',
    path: '/api/openapi.json',
    async run() {
      const file: object = JSON.parse(await readFile(sourcePath('sandbox/openapi.json'), 'utf8'));
      return file;
    },
  },
];

/** Answers one request of the JSON API. @throws Problem */
export async function serveJson(
  incoming: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { state, sandbox }: { state: SandboxState; sandbox: Sandbox },
): Promise<void> {
  const fitting = ROUTES.filter((route) => idIn(route.path, url.pathname) !== undefined);
  if (fitting.length === 0) throw new Problem(404, `there is no ${url.pathname}`);
  const route = fitting.find(({ method }) => method === incoming.method);
  if (route === undefined) {
    const methods = fitting.map(({ method }) => method).join(', ');
    response.setHeader('allow', methods);
    throw new Problem(405, `${url.pathname} takes ${methods}`);
  }
  const id = idIn(route.path, url.pathname) ?? '';
  const body = route.method === 'GET' ? undefined : await readJson(incoming, BODY_LIMIT);
  sendJson(response, 200, await route.run({ state, sandbox, query: url.searchParams, id, body }));
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  response.end(bytes);
}

/** Returns the value of `{id}`; `''` for a pattern without one; `undefined` if the path does not match. */
function idIn(pattern: string, path: string): string | undefined {
  if (!pattern.includes('{')) return pattern === path ? '' : undefined;
  const stem = pattern.slice(0, pattern.indexOf('{'));
  const id = path.slice(stem.length);
  return path.startsWith(stem) && id !== '' && !id.includes('/') ? decoded(id) : undefined;
}

/** @throws Problem 400 */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new Problem(400, `${id}: a % begins no character there`);
  }
}
