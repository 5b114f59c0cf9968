import type { CatalogueCalls } from '../../../../../src/api/catalogue/catalogue.js';
import { comments } from './comments.js';
import { agents, chatRecords, messages, sessions } from './customer-service.js';
import { menus } from './menus.js';
import { ads, invoices } from './money.js';
import { images, ocr, semantics, voice } from './recognition.js';
import { autoReplies, network, qrCodes, quotas, shortKeys } from './rest.js';
import type { Samples } from './sample.js';
import { drafts, mass, publications } from './sending.js';
import { statistics } from './statistics.js';
import { notices, templates } from './templates.js';
import { blacklist, tags, users } from './users.js';

/** A round trip for every API of the catalogue. */
export const SAMPLES: { readonly [Family in keyof CatalogueCalls]: Samples<Family> } = {
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
  comments,
  statistics,
  ads,
  voice,
  ocr,
  images,
  semantics,
  invoices,
  quotas,
  network,
  autoReplies,
};
