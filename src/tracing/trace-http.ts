import type { HttpClient } from '../ports/http-client.js';
import { within } from './spans.js';

const TOKEN_PATHS = new Set(['/cgi-bin/token', '/cgi-bin/stable_token']);

/** Traces exchanges with access points. Spans hold only host and path of a URL, because its query holds the token. */
export const traceHttp =
  (client: HttpClient): HttpClient =>
  (request) => {
    const { hostname, pathname } = new URL(request.url, 'http://invalid');
    const name = TOKEN_PATHS.has(pathname) ? 'token.refresh' : 'wechat.api';
    const attributes = {
      'http.request.method': request.method,
      'server.address': hostname,
      'url.path': pathname,
    };
    return within(name, { role: 'client', attributes }, async (span) => {
      const response = await client(request);
      span.setAttribute('http.response.status_code', response.status);
      return response;
    });
  };
