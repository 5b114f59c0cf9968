import { createUploadAvatar } from '../api/agent-avatar.js';
import { bindCatalogue } from '../api/catalogue/catalogue.js';
import type { HandlerApi } from '../api/client.js';
import { createMediaApi, type MediaDeps } from '../api/media/media.js';
import { createFromFile, createUploadVoice } from '../api/recognize-file.js';
import { createPaginatedLists } from '../api/paginated-lists.js';

/**
 * The part of the API that a test needs: `{ users: { info: async () => ({ nickname: '小明' }) } }`.
 *
 * @example
 * const fake: PartialApi = { users: { info: async () => ({ remark: '小明' }) } };
 */
export type PartialApi = {
  readonly [Name in keyof HandlerApi]?: HandlerApi[Name] extends (...args: never) => unknown
    ? HandlerApi[Name]
    : { readonly [Call in keyof HandlerApi[Name]]?: Loosely<HandlerApi[Name][Call]> };
};

type WholeApi = {
  readonly [Name in keyof HandlerApi]?: HandlerApi[Name] extends (...args: never) => unknown
    ? HandlerApi[Name]
    : Partial<HandlerApi[Name]>;
};

/** The same function with a partial result. */
type Loosely<F> = F extends (...args: infer Args) => Promise<infer Answer>
  ? (...args: Args) => Promise<Partly<Answer>>
  : F;

type Partly<T> = T extends readonly (infer Item)[]
  ? readonly Partly<Item>[]
  : T extends Uint8Array
    ? T
    : T extends object
      ? { readonly [Name in keyof T]?: Partly<T[Name]> }
      : T;

/**
 * Creates an API from the functions of a test. Other functions of the catalogue use the given `call`, with path and
 * request; without it they reject with their name. `messages.send` does nothing.
 */
export function fakeApi(partly: PartialApi = {}): HandlerApi {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a test leaves out, its handler does not touch
  const given = partly as WholeApi;
  const call: HandlerApi['call'] = given.call ?? ((path) => Promise.reject(notStubbed(path)));
  const calls = bindCatalogue(({ path }, request) =>
    given.call === undefined ? Promise.reject(notStubbed(path)) : given.call(path, { ...request }),
  );
  const families = Object.entries(calls).map(([name, family]) => [
    name,
    { ...family, ...Reflect.get(given, name) },
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same names, some of their functions replaced
  const replaced = Object.fromEntries(families) as typeof calls;
  const media = { ...mediaNotStubbed, ...given.media };
  return {
    ...replaced,
    call,
    callForFile: given.callForFile ?? ((path) => Promise.reject(notStubbed(path))),
    messages: { ...calls.messages, send: () => Promise.resolve(), ...given.messages },
    agents: { ...replaced.agents, uploadAvatar: given.agents?.uploadAvatar ?? avatarNotStubbed },
    ocr: {
      ...replaced.ocr,
      fromFile: given.ocr?.fromFile ?? createFromFile<'ocr'>(replaced.ocr, filesNotStubbed),
    },
    images: {
      ...replaced.images,
      fromFile: given.images?.fromFile ?? createFromFile<'images'>(replaced.images, filesNotStubbed),
    },
    voice: { ...replaced.voice, upload: given.voice?.upload ?? createUploadVoice(filesNotStubbed) },
    media,
    all: { ...createPaginatedLists(replaced, media), ...given.all },
  };
}

const notStubbed = (path: string): Error =>
  new Error(`the handler called ${path}: hand tryHandler an \`api\` that answers`);

const filesNotStubbed: MediaDeps = { exchangeWithToken: ({ path }) => Promise.reject(notStubbed(path)) };
const mediaNotStubbed = createMediaApi(filesNotStubbed);
const avatarNotStubbed = createUploadAvatar(filesNotStubbed);
