import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from './problem.js';

/** Creates a key for a sandbox that others can reach: 128 random bits. */
export const newKey = (): string => randomBytes(16).toString('base64url');

/**
 * Admits those who know the key to the page and its API: from the address (`/?key=…`), which leaves a cookie and leads
 * to the page, from that cookie, or from `Authorization: Bearer …`.
 *
 * @returns false if the answer was sent: the way to the page
 * @throws Problem 401
 */
export function checkKey(
  incoming: IncomingMessage,
  response: ServerResponse,
  url: URL,
  key: string,
): boolean {
  const cookie = `wechat-sandbox-${incoming.socket.localPort ?? 0}`;
  if (url.pathname === '/' && isSame(url.searchParams.get('key') ?? '', key)) {
    const leftThere = `${cookie}=${key}; Path=/; HttpOnly; SameSite=Strict`;
    response.writeHead(303, { location: '/', 'set-cookie': leftThere, 'cache-control': 'no-store' }).end();
    return false;
  }
  const { authorization = '', cookie: cookies = '' } = incoming.headers;
  const given = cookies.split(/; */).filter((pair) => pair.startsWith(`${cookie}=`));
  const shown = [
    authorization.replace(/^Bearer /i, ''),
    ...given.map((pair) => pair.slice(cookie.length + 1)),
  ];
  if (shown.some((one) => isSame(one, key))) return true;
  throw new Problem(
    401,
    'this sandbox can be reached from other machines, so it asks for the key: open the address that it printed, or send Authorization: Bearer <key>',
  );
}

const isSame = (given: string, key: string): boolean => timingSafeEqual(digest(given), digest(key));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
