// Generates docs/pushes.md and docs/zh/pushes.md from the readers of pushes, the sandbox's templates and the fixtures.
// `--check` writes nothing and ends with 1 where a page is not up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { tsImport } from 'tsx/esm/api';
import { probeReader } from './push-pages/probe-readers.mjs';
import { renderPage } from './push-pages/render.mjs';
import { OTHER_NAMES } from './push-pages/words.mjs';

/** By group of the page, the module of src/protocol/push/ that exports readers under that name. */
const GROUPS = {
  messages: 'messages',
  userEvents: 'user-events',
  sendingEvents: 'sending-events',
  accountEvents: 'account-events',
  cardEvents: 'card-events',
  placeEvents: 'place-events',
  miniProgramEvents: 'mini-program-events',
  platformNotices: 'platform-notices',
};
const PAGES = { zh: 'docs/zh/pushes.md', en: 'docs/pushes.md' };

const root = new URL('../', import.meta.url);
const load = (path) => tsImport(new URL(path, root).href, import.meta.url);

const { pushKinds } = await load('src/protocol/push/push.ts');
const { SEND_WINDOWS, triggerOf } = await load('src/protocol/send-windows.ts');
const { TEMPLATES } = await load('src/sandbox/push/templates/templates.ts');
const { parseXml } = await load('src/protocol/xml.ts');

const pushesDir = new URL('fixtures/pushes/', root);
const files = readdirSync(pushesDir).filter((name) => name.endsWith('.xml'));
const expected = JSON.parse(readFileSync(new URL('fixtures/expected/pushes.json', root), 'utf8'));

/** The plainest sample of a kind: the one without a variant, else the first readable one. */
function sampleOf(kind) {
  const name = kind.toLowerCase();
  const own = files
    .filter((file) => expected[file]?.kind === name)
    .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const file = own.find((each) => each.toLowerCase() === `${name}.xml`) ?? own[0];
  if (file === undefined) return undefined;
  const xml = readFileSync(new URL(file, pushesDir), 'utf8');
  return { xml, push: expected[file], elements: parseXml(xml) };
}

/**
 * True if a push has a nested element, on any items of its lists.
 *
 * @param {any} fields
 * @param {any[]} path
 */
function has(fields, [name, ...rest]) {
  return [fields[name]]
    .flat()
    .some(
      (value) =>
        value !== undefined && (rest.length === 0 || (typeof value === 'object' && has(value, rest))),
    );
}

function describe(kind, reader) {
  const template = TEMPLATES.find((one) => one.kind.toLowerCase() === kind);
  const [zh, en, reply] =
    OTHER_NAMES[kind] ?? (template === undefined ? [] : [template.zh, template.en, template.answerable]);
  if (zh === undefined) throw new Error(`${kind} has no name: add it to scripts/push-pages/words.mjs`);
  const sample = sampleOf(kind);
  const fields = probeReader(reader).map(({ elements, ...row }) => ({
    ...row,
    element:
      elements.find((element) => sample !== undefined && has(sample.elements, element.split('.'))) ??
      elements[0],
  }));
  const trigger = triggerOf({ kind });
  return { kind, name: { zh, en }, reply, fields, sample, grant: trigger && SEND_WINDOWS[trigger] };
}

const groups = {};
for (const [group, file] of Object.entries(GROUPS)) {
  const { [group]: readers } = await load(`src/protocol/push/${file}.ts`);
  groups[group] = Object.entries(readers)
    .filter(([kind]) => !kind.endsWith('.unknown'))
    .map(([kind, reader]) => describe(kind, reader));
}
groups.unknown = ['message.unknown', 'event.unknown', 'info.unknown'].map((kind) =>
  describe(kind, () => ({})),
);

const described = Object.values(groups)
  .flat()
  .map(({ kind }) => kind);
const missing = pushKinds.filter((kind) => !described.includes(kind));
if (missing.length > 0) throw new Error(`no group of scripts/push-pages.mjs has ${missing.join(', ')}`);

let stale = 0;
for (const [language, path] of Object.entries(PAGES)) {
  const url = new URL(path, root);
  const page = await format(renderPage(language, groups), {
    ...(await resolveConfig(url)),
    parser: 'markdown',
  });
  if (!process.argv.includes('--check')) writeFileSync(url, page);
  else if (readFileSync(url, 'utf8') !== page) {
    stale += 1;
    console.error(`${path} is not what the code says: npm run docs:pushes`);
  }
}
if (stale > 0) process.exitCode = 1;
