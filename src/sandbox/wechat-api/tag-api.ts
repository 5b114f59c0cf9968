import type { SandboxState } from '../sandbox-state.js';
import { knownFollower } from './customer-service-api.js';
import {
  jsonBody,
  objectOf,
  OK,
  Refusal,
  textOf,
  textsOf,
  type ApiRequest,
  type Endpoint,
} from './endpoint.js';
import { knownAll, pageAfter } from './user-api.js';

const MOST_TAGS = 100;
const TAGS_OF_ONE = 20;
const LAST_SYSTEM_TAG = 2;

/** Tags and the blacklist. */
export const TAG_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/tags/create',
    method: 'POST',
    right: 'users',
    daily: [1_000, 100],
    handle(request, { tags }) {
      const name = tagName(request);
      if (tags.list().length >= MOST_TAGS) throw new Refusal(45056);
      if (tags.list().some((tag) => tag.name === name)) throw new Refusal(45157);
      return { tag: { id: tags.create(name), name } };
    },
  },
  {
    path: '/cgi-bin/tags/get',
    method: 'GET',
    right: 'users',
    daily: [1_000, 100],
    handle: (_request, state) => ({
      tags: state.tags.list().map((tag) => ({ ...tag, count: fansOf(state, tag.id).length })),
    }),
  },
  {
    path: '/cgi-bin/tags/update',
    method: 'POST',
    right: 'users',
    daily: [1_000, 100],
    handle(request, state) {
      state.tags.rename(ownTag(request, state), tagName(request));
      return OK;
    },
  },
  {
    path: '/cgi-bin/tags/delete',
    method: 'POST',
    right: 'users',
    daily: [1_000, 100],
    handle(request, state) {
      const id = ownTag(request, state);
      state.tags.remove(id);
      for (const { openId, tagIds } of state.followers.list()) {
        if (tagIds.includes(id))
          state.followers.change(openId, { tagIds: tagIds.filter((one) => one !== id) });
      }
      return OK;
    },
  },
  {
    path: '/cgi-bin/user/tag/get',
    method: 'POST',
    right: 'users',
    handle(request, state) {
      const body = jsonBody(request);
      const { total: _total, ...page } = pageAfter(
        fansOf(state, knownTag(Number(body['tagid']), state)),
        textOf(body, 'next_openid'),
        10_000,
      );
      return page;
    },
  },
  {
    path: '/cgi-bin/tags/members/batchtagging',
    method: 'POST',
    right: 'users',
    daily: [100_000, 1_000],
    handle(request, state) {
      const body = jsonBody(request);
      const id = knownTag(Number(body['tagid']), state);
      for (const { openId, tagIds } of knownAll(state, textsOf(body, 'openid_list'), 50)) {
        if (tagIds.includes(id)) continue;
        if (tagIds.length >= TAGS_OF_ONE) throw new Refusal(45059);
        state.followers.change(openId, { tagIds: [...tagIds, id] });
      }
      return OK;
    },
  },
  {
    path: '/cgi-bin/tags/members/batchuntagging',
    method: 'POST',
    right: 'users',
    daily: [100_000, 1_000],
    handle(request, state) {
      const body = jsonBody(request);
      const id = knownTag(Number(body['tagid']), state);
      for (const { openId, tagIds } of knownAll(state, textsOf(body, 'openid_list'), 50)) {
        state.followers.change(openId, { tagIds: tagIds.filter((one) => one !== id) });
      }
      return OK;
    },
  },
  {
    path: '/cgi-bin/tags/getidlist',
    method: 'POST',
    right: 'users',
    handle: (request, state) => ({
      tagid_list: knownFollower(state, textOf(jsonBody(request), 'openid')).tagIds,
    }),
  },
  {
    path: '/cgi-bin/tags/members/getblacklist',
    method: 'POST',
    right: 'users',
    handle(request, state) {
      const all = state.followers.list().filter(({ blacklisted }) => blacklisted);
      return pageAfter(
        all.map(({ openId }) => openId),
        textOf(jsonBody(request), 'begin_openid'),
        1_000,
      );
    },
  },
  {
    path: '/cgi-bin/tags/members/batchblacklist',
    method: 'POST',
    right: 'users',
    handle: (request, state) => blacklist(request, state, true),
  },
  {
    path: '/cgi-bin/tags/members/batchunblacklist',
    method: 'POST',
    right: 'users',
    handle: (request, state) => blacklist(request, state, false),
  },
];

function blacklist(request: ApiRequest, state: SandboxState, blacklisted: boolean) {
  for (const { openId } of knownAll(state, textsOf(jsonBody(request), 'openid_list'), 20)) {
    state.followers.change(openId, { blacklisted });
  }
  return OK;
}

function fansOf(state: SandboxState, id: number): string[] {
  return state.followers
    .list()
    .filter(({ tagIds, following }) => following && tagIds.includes(id))
    .map(({ openId }) => openId);
}

function tagName(request: ApiRequest): string {
  const name = textOf(objectOf(jsonBody(request), 'tag'), 'name');
  if (name === '') throw new Refusal(45157);
  if (Array.from(name).length > 30) throw new Refusal(45158);
  return name;
}

function ownTag(request: ApiRequest, state: SandboxState): number {
  const id = Number(objectOf(jsonBody(request), 'tag')['id']);
  if (id <= LAST_SYSTEM_TAG) throw new Refusal(45058);
  return knownTag(id, state);
}

function knownTag(id: number, { tags }: SandboxState): number {
  if (!tags.has(id)) throw new Refusal(45159);
  return id;
}
