import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { accessPointOf } from './access-points.js';
import { streamEvents } from './http-api/events-stream.js';
import { checkKey } from './http-api/key-guard.js';
import { serveMedia } from './http-api/media-file.js';
import { checkOrigin } from './http-api/origin-guard.js';
import { Problem } from './http-api/problem.js';
import { readBytes } from './http-api/read-body.js';
import { sendJson, serveJson } from './http-api/serve-json.js';
import { servePage } from './http-api/static-files.js';
import type { Sandbox } from './types/sandbox.js';
import type { SandboxState } from './sandbox-state.js';
import { serveCall } from './wechat-api/serve-call.js';

/** Limit of a request body: a medium is sent in one piece, and WeChat accepts ten megabytes. */
const CALL_LIMIT = 12 * 1024 * 1024;

export interface HttpApp {
  /** Serves the page, the JSON API, and all access points under paths. */
  readonly all: (incoming: IncomingMessage, response: ServerResponse) => void;
  /** Serves one access point on a port of its own. */
  only(accessPoint: string): (incoming: IncomingMessage, response: ServerResponse) => void;
  /** Ends the event streams, which would never end by themselves. */
  endStreams(): void;
}

export function createHttpApp(sandbox: Sandbox, state: () => SandboxState): HttpApp {
  const streams = new Set<() => void>();

  async function route(incoming: IncomingMessage, response: ServerResponse, fixed?: string): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const point =
      fixed === undefined
        ? accessPointOf(url.pathname, incoming.headers.host ?? '')
        : { accessPoint: fixed, path: url.pathname };
    checkOrigin(incoming, { anyHost: point !== undefined || sandbox.key !== undefined });
    if (point !== undefined) return serveApi(incoming, response, url, point);
    if (sandbox.key !== undefined && !checkKey(incoming, response, url, sandbox.key)) return;
    if (url.pathname === '/api/events') {
      const end = streamEvents(incoming, response, state().bus);
      streams.add(end);
      incoming.on('close', () => streams.delete(end));
      return;
    }
    if (url.pathname.startsWith('/api/')) {
      return serveJson(incoming, response, url, { state: state(), sandbox });
    }
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD')
      throw new Problem(405, 'pages are read by GET');
    if (url.pathname.startsWith('/media/')) return serveMedia(url.pathname, state(), response);
    return servePage(url.pathname, response);
  }

  async function serveApi(
    incoming: IncomingMessage,
    response: ServerResponse,
    url: URL,
    { accessPoint, path }: { accessPoint: string; path: string },
  ): Promise<void> {
    const host = incoming.headers.host ?? '';
    const prefix = url.pathname.slice(0, url.pathname.length - path.length);
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
    );
    const request = {
      method: incoming.method ?? 'GET',
      path,
      query: Object.fromEntries(url.searchParams),
      headers,
      raw: await readBytes(incoming, CALL_LIMIT),
      accessPoint,
      clientIp: (incoming.socket.remoteAddress ?? '').replace('::ffff:', ''),
      baseUrl: `${incoming.socket instanceof TLSSocket ? 'https' : 'http'}://${host}${prefix}`,
    };
    await serveCall(incoming, response, request, state());
  }

  const handler = (fixed?: string) => (incoming: IncomingMessage, response: ServerResponse) => {
    route(incoming, response, fixed).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      // The unread rest of the body would be parsed as the next request.
      response.setHeader('connection', 'close');
      const known = error instanceof Problem;
      const message = error instanceof Error ? error.message : String(error);
      sendJson(response, known ? error.status : 500, { error: message });
    });
  };

  return {
    all: handler(),
    only: handler,
    endStreams() {
      for (const end of streams) end();
      streams.clear();
    },
  };
}
