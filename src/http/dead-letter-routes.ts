import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { DeadLetterQueue, DeadLetterFilter } from '../pipeline/dead-letters/dead-letter-queue.js';
import type { Logger } from '../ports/logger.js';
import { addressOf } from './token-routes.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 100_000;
const FILTERS = ['reason', 'user', 'handler', 'appId'] as const;
const NAMES = [...FILTERS, 'since', 'limit'];

/**
 * Creates the routes for dead letters (docs/dead-letters.md). Texts of users and answers are shown for one letter at a
 * time, on request (`?texts=1`). Mount it behind the key.
 */
export function deadLetterRoutes(queue: DeadLetterQueue, log: Logger): RequestHandler {
  const router = Router();

  router.get('/dead-letters', async ({ query }, response) => {
    const asked = readList(query);
    if (typeof asked === 'string') return refuse(response, 400, 'bad_request', asked);
    response.json(await queue.list(asked.filter, asked.limit));
  });
  router.get('/dead-letters/:id', async ({ params: { id }, query, ip }, response) => {
    const texts = query['texts'] === '1';
    const letter = await queue.read(id, { texts });
    if (letter === undefined) return unknown(response);
    if (texts) log.info({ from: addressOf({ ip }), letter: id }, 'dead letter read: its texts were shown');
    response.json(letter);
  });
  router.post('/dead-letters/:id/retry', async ({ params: { id }, ip }, response) => {
    const outcome = await queue.retry(id);
    switch (outcome) {
      case 'unknown':
        return unknown(response);
      case 'under-way':
        return refuse(response, 409, 'under_way', 'its work is not over yet: ask again later');
      case 'account-missing':
        return refuse(response, 409, 'account_missing', 'the account it belongs to is not configured here');
      case 'retried':
      case 'delivered':
        log.info({ from: addressOf({ ip }), letter: id }, 'redrive: a dead letter is delivered again');
        response.json({ id, outcome });
        return;
      default:
        return outcome satisfies never;
    }
  });
  router.delete('/dead-letters/:id', async ({ params: { id }, ip }, response) => {
    if (!(await queue.drop(id))) return unknown(response);
    log.info({ from: addressOf({ ip }), letter: id }, 'dead letter dropped: an operator asked for it');
    response.json({ id, outcome: 'dropped' });
  });
  return router;
}

/** Parses the query of a list. Returns a string that describes the mistake, if there is one. */
function readList(query: Request['query']): { filter: DeadLetterFilter; limit: number } | string {
  const stranger = Object.keys(query).find((name) => !NAMES.includes(name));
  if (stranger !== undefined) return `the parameters are ${NAMES.join(', ')}`;
  const once = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') return `${name} came more than once`;
    if (value !== '') once.set(name, value);
  }
  const since = once.get('since');
  const sinceMs = since === undefined ? undefined : Date.parse(since);
  if (Number.isNaN(sinceMs)) return 'since is a time such as 2026-07-01T08:00:00Z';
  const limit = Number(once.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return `limit is from 1 to ${MAX_LIMIT}`;
  const wanted = FILTERS.flatMap((name) => {
    const value = once.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { filter: { ...Object.fromEntries(wanted), ...(sinceMs !== undefined && { sinceMs }) }, limit };
}

const unknown = (response: Response): void =>
  refuse(response, 404, 'letter_unknown', 'there is no such letter');

function refuse(response: Response, status: number, error: string, message: string): void {
  response.status(status).json({ error, message });
}
