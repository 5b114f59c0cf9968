import { agents } from './agents.js';
import { autoReplies } from './auto-replies.js';
import { blacklist } from './blacklist.js';
import { chatRecords } from './chat-records.js';
import { drafts } from './drafts.js';
import { bind, type Bound, type Perform } from './endpoint.js';
import { mass } from './mass.js';
import { menus } from './menus.js';
import { messages } from './messages.js';
import { network } from './network.js';
import { notices } from './notices.js';
import { publications } from './publications.js';
import { qrCodes } from './qr-codes.js';
import { quotas } from './quota-calls.js';
import { sessions } from './sessions.js';
import { shortKeys } from './short-keys.js';
import { tags } from './tags.js';
import { templates } from './templates.js';
import { users } from './users.js';

/** Every API that the client knows by name. Entering a row here is all that a new one takes, but for its sample in the test. */
export const CATALOGUE = {
  messages,
  agents,
  sessions,
  chatRecords,
  templates,
  notices,
  menus,
  users,
  tags,
  blacklist,
  qrCodes,
  shortKeys,
  mass,
  drafts,
  publications,
  quotas,
  network,
  autoReplies,
};

/** The catalogue as functions: `api.users.info({ openid })`. */
export type CatalogueCalls = { readonly [Name in keyof typeof CATALOGUE]: Bound<(typeof CATALOGUE)[Name]> };

/** All of it over one way of making a call. */
export function bindCatalogue(perform: Perform): CatalogueCalls {
  const families = Object.entries(CATALOGUE).map(([name, family]) => [name, bind(family, perform)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same names, each bound
  return Object.fromEntries(families) as CatalogueCalls;
}
