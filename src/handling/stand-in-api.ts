import { createUploadAvatar } from '../api/agent-avatar.js';
import { bindCatalogue } from '../api/catalogue/catalogue.js';
import type { ApiFace } from '../api/client.js';
import { createMediaApi, type MediaDeps } from '../api/media/media.js';
import { createWalks } from '../api/walks.js';

/** As much of the API as a test needs: `{ users: { info: async () => ({ nickname: '小明' }) } }`. */
export type GivenApi = {
  readonly [Name in keyof ApiFace]?: ApiFace[Name] extends (...args: never) => unknown
    ? ApiFace[Name]
    : { readonly [Call in keyof ApiFace[Name]]?: Loosely<ApiFace[Name][Call]> };
};

type WholeApi = {
  readonly [Name in keyof ApiFace]?: ApiFace[Name] extends (...args: never) => unknown
    ? ApiFace[Name]
    : Partial<ApiFace[Name]>;
};

/** The same function, but its answer need not be whole. */
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
 * An API that is what a test gives. Anything else in the catalogue goes by the `call` that was given, with path and
 * request; without one it rejects and names itself. `messages.send` does nothing.
 */
export function standInApi(partly: GivenApi = {}): ApiFace {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a test leaves out, its handler does not touch
  const given = partly as WholeApi;
  const call: ApiFace['call'] = given.call ?? ((path) => Promise.reject(notGiven(path)));
  const calls = bindCatalogue(({ path }, request) =>
    given.call === undefined ? Promise.reject(notGiven(path)) : given.call(path, { ...request }),
  );
  const families = Object.entries(calls).map(([name, family]) => [
    name,
    { ...family, ...Reflect.get(given, name) },
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same names, some of their functions replaced
  const replaced = Object.fromEntries(families) as typeof calls;
  const media = { ...mediaNotGiven, ...given.media };
  return {
    ...replaced,
    call,
    messages: { ...calls.messages, send: () => Promise.resolve(), ...given.messages },
    agents: { ...replaced.agents, uploadAvatar: given.agents?.uploadAvatar ?? avatarNotGiven },
    media,
    all: { ...createWalks(replaced, media), ...given.all },
  };
}

const notGiven = (path: string): Error =>
  new Error(`the handler called ${path}: hand tryHandler an \`api\` that answers`);

const filesNotGiven: MediaDeps = { exchangeWithToken: ({ path }) => Promise.reject(notGiven(path)) };
const mediaNotGiven = createMediaApi(filesNotGiven);
const avatarNotGiven = createUploadAvatar(filesNotGiven);
