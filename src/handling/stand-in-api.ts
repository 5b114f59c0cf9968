import { bindCatalogue } from '../api/catalogue/catalogue.js';
import type { ApiFace } from '../api/client.js';
import { createMediaApi } from '../api/media/media.js';
import { createWalks } from '../api/walks.js';

/** As much of the API as a test needs: `{ users: { info: async () => ({ … }) } }`. */
export type GivenApi = {
  readonly [Name in keyof ApiFace]?: ApiFace[Name] extends (...args: never) => unknown
    ? ApiFace[Name]
    : Partial<ApiFace[Name]>;
};

/**
 * An API that is what a test gives. Anything else in the catalogue goes by the `call` that was given, with path and
 * request; without one it rejects and names itself. `messages.send` does nothing.
 */
export function standInApi(given: GivenApi = {}): ApiFace {
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
  return {
    ...replaced,
    call,
    messages: { ...calls.messages, send: () => Promise.resolve(), ...given.messages },
    media: { ...mediaNotGiven, ...given.media },
    all: { ...createWalks(replaced), ...given.all },
  };
}

const notGiven = (path: string): Error =>
  new Error(`the handler called ${path}: hand tryHandler an \`api\` that answers`);

const mediaNotGiven = createMediaApi({ exchangeWithToken: ({ path }) => Promise.reject(notGiven(path)) });
