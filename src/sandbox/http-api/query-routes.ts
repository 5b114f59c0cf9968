import { TEMPLATES } from '../push/templates/templates.js';
import type { Exchange, MenuView } from '../types/types.js';
import { ENDPOINTS } from '../wechat-api/endpoints.js';
import { consoleForm } from './console-form.js';
import { Problem } from './problem.js';
import type { Route } from './route.js';
import { stateOf } from './state.js';

const MOST = 1_000;
const MOST_EXCHANGES = 500;

/** Routes that read the sandbox's state. */
export const QUERY_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/state', run: ({ state, sandbox }) => stateOf(state, sandbox) },
  {
    method: 'GET',
    path: '/api/console-form',
    run: ({ state, sandbox }) => consoleForm(state.account(), sandbox.accessPoints()),
  },
  {
    method: 'GET',
    path: '/api/endpoints',
    run: () => ({ endpoints: [...ENDPOINTS.values()].map(({ path, method }) => ({ path, method })) }),
  },
  { method: 'GET', path: '/api/templates', run: () => ({ templates: TEMPLATES }) },
  {
    method: 'GET',
    path: '/api/exchanges',
    run({ state, query }) {
      const all = after(state.exchanges.list(), query.get('after')).filter(ofFollower(query));
      return { exchanges: newest(all, query, MOST_EXCHANGES) };
    },
  },
  {
    method: 'GET',
    path: '/api/exchanges/{id}',
    run({ state, id }) {
      const exchange = state.exchanges.get(id);
      if (exchange === undefined) throw new Problem(404, `there is no exchange ${id}`);
      return exchange;
    },
  },
  {
    method: 'GET',
    path: '/api/chat',
    run: ({ state, query }) => ({ items: newest(state.chat.list().filter(ofFollower(query)), query, MOST) }),
  },
  {
    method: 'GET',
    path: '/api/calls',
    run({ state, query }) {
      const path = query.get('path');
      const calls = state.calls.list().filter((call) => path === null || call.path === path);
      return { calls: newest(calls, query, MOST) };
    },
  },
  { method: 'GET', path: '/api/followers', run: ({ state }) => ({ followers: state.followers.list() }) },
  {
    method: 'GET',
    path: '/api/menu',
    run({ state, query }): MenuView {
      return state.menus.view(state.followers.getOrCreate(query.get('follower') ?? undefined));
    },
  },
  { method: 'GET', path: '/api/book', run: ({ state }) => state.book() },
  { method: 'GET', path: '/api/faults', run: ({ state }) => ({ faults: state.faults.list() }) },
  { method: 'GET', path: '/api/clock', run: ({ sandbox }) => sandbox.time() },
];

function ofFollower(query: URLSearchParams): (record: { readonly follower: string }) => boolean {
  const follower = query.get('follower');
  return (record) => follower === null || record.follower === follower;
}

/** Ids grow, so even a forgotten one separates old from new. */
function after(exchanges: readonly Exchange[], id: string | null): readonly Exchange[] {
  const number = Number(id?.slice(1) ?? 0);
  return exchanges.filter((exchange) => Number(exchange.id.slice(1)) > number);
}

function newest<T>(records: readonly T[], query: URLSearchParams, most: number): readonly T[] {
  const limit = Number(query.get('limit') ?? most);
  if (!Number.isInteger(limit) || limit < 1) throw new Problem(400, 'limit: a whole number from 1');
  return records.slice(-Math.min(limit, most));
}
