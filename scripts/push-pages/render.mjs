import { meaningOf } from './field-meanings.mjs';
import { WORDS } from './words.mjs';

/** One page: Markdown, not formatted yet. `groups`: by name, its kinds in order. */
export function renderPage(language, groups) {
  const words = WORDS[language];
  const own = (rows) =>
    table(
      words.columns,
      rows.map(([field, element, type, meaning]) => [
        code(field),
        element === '' ? words.none : code(element),
        typeCell(type),
        meaning,
      ]),
    );
  return [
    `# ${words.title}`,
    words.otherLanguage,
    ...words.intro,
    `## ${words.common}`,
    own(words.commonRows),
    words.note,
    `### ${words.message}`,
    own(words.messageRows),
    `### ${words.event}`,
    own(words.eventRows),
    `## ${words.index}`,
    ...Object.entries(groups).flatMap(([name, kinds]) => [
      `**${words.groups[name]}**`,
      indexOf(kinds, language),
    ]),
    ...Object.entries(groups).flatMap(([name, kinds]) => [
      `## ${words.groups[name]}`,
      ...kinds.flatMap((kind) => section(kind, language)),
    ]),
  ].join('\n\n');
}

function indexOf(kinds, language) {
  const words = WORDS[language];
  return table(
    words.indexColumns,
    kinds.map(({ kind, name, reply, grant }) => [
      `[${kind}](#${kind.replaceAll('.', '')})`,
      name[language],
      words.reply[reply],
      grant === undefined ? words.none : words.quota(grant.messages, grant.durationMs),
    ]),
  );
}

function section({ kind, name, reply, fields, sample }, language) {
  const words = WORDS[language];
  const rows = fields.map(({ field, element, otherElement, type, optional }) => [
    code(field),
    [element, otherElement]
      .filter((one) => one !== undefined)
      .map(code)
      .join(words.orElse),
    typeCell(`${type}${optional ? '?' : ''}`),
    meaningIn(language, kind, field),
  ]);
  return [
    `### ${kind}`,
    words.about(name[language], words.reply[reply]),
    fields.length === 0 ? words.noFields : table(words.columns, rows),
    ...(sample === undefined
      ? [words.noSample]
      : [
          words.pushed,
          block('xml', sample.xml),
          words.seen,
          block('json', JSON.stringify(sample.push, undefined, 2)),
        ]),
  ];
}

/** @throws where a field has no meaning in field-meanings.mjs */
function meaningIn(language, kind, field) {
  const meaning = meaningOf(kind, field);
  if (meaning === undefined) throw new Error(`${kind} ${field} has no meaning: add it to field-meanings.mjs`);
  return meaning[language === 'zh' ? 0 : 1].replaceAll('|', '\\|');
}

const code = (text) => `\`${text}\``;
const typeCell = (type) => code(type);
const block = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
