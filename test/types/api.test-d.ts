/** Compiled, never run: what the API client takes and gives. */
import { defineHandler, type HandlerApi, type OpenId, type TryOptions } from '../../src/index.js';
import type { Samples } from '../unit/api/catalogue/samples/sample.js';

declare const api: HandlerApi;
declare const user: OpenId;

type IsSame<A, B> = [A, B] extends [B, A] ? true : false;
/** Compiles only if `value` has exactly the type A. */
declare const isExactly: <A>() => <B>(value: IsSame<A, B> extends true ? B : never) => void;

// ── Requests ───────────────────────────────────────────────────────────────────────────────────────────────────

void api.menus.get();
void api.menus.get({}, { signal: AbortSignal.timeout(1) });
void api.users.list();
void api.users.list({ next_openid: 'o' });
// @ts-expect-error a request that has to say something
void api.users.info();
// @ts-expect-error an OpenID is not any text
void api.users.info({ openid: 'o' });
// @ts-expect-error no such field
void api.users.list({ next_open_id: 'o' });
// @ts-expect-error a click needs its key
void api.menus.create({ button: [{ type: 'click', name: 'n' }] });
// @ts-expect-error one part, named like msgtype
void api.messages.send(user, { msgtype: 'text', image: { media_id: 'm' } });

void api.mass.preview({ touser: user, msgtype: 'image', image: { media_id: 'm' } });
void api.mass.preview({ touser: user, msgtype: 'wxcard', wxcard: { card_id: 'c', card_ext: '{}' } });
void api.mass.sendAll({ filter: { is_to_all: true }, msgtype: 'image', images: { media_ids: ['m'] } });
// @ts-expect-error a preview takes one picture, under another name
void api.mass.preview({ touser: user, msgtype: 'image', images: { media_ids: ['m'] } });
// @ts-expect-error a mass message takes several
void api.mass.sendAll({ filter: { is_to_all: true }, msgtype: 'image', image: { media_id: 'm' } });

// ── Answers ────────────────────────────────────────────────────────────────────────────────────────────────────

isExactly<Promise<void>>()(api.menus.create({ button: [] }));
isExactly<Promise<{ readonly msgid: string }>>()(
  api.templates.send({ touser: user, template_id: 't', data: {} }),
);
async function everybody(): Promise<void> {
  for await (const one of api.all.followers()) isExactly<OpenId>()(one);
}
void everybody;

// @ts-expect-error handlers have no business with tokens
void api.tokens;

// ── In handlers ────────────────────────────────────────────────────────────────────────────────────────────────

defineHandler({
  on: 'message.text',
  async handle(ctx) {
    const { tagid_list: tags } = await ctx.api.tags.ofUser({ openid: ctx.user });
    isExactly<readonly number[]>()(tags);
  },
});

// ── Samples ────────────────────────────────────────────────────────────────────────────────────────────────────

// @ts-expect-error every API has its sample
export const missing: Samples<'network'> = {};

// ── In tests of handlers ───────────────────────────────────────────────────────────────────────────────────────

const given: TryOptions['api'] = { users: { info: async () => ({ unionid: 'u' }) } };
void given;
const wrong: TryOptions['api'] = {
  // @ts-expect-error as little as wanted, but not something else
  users: { info: async () => ({ unionid: 7 }) },
};
void wrong;
