import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../../src/cli/run-command-line.js';
import { variableNames } from '../../../src/config/variables.js';
import { readPage } from '../../support/app/markdown-page.js';

const pages = ['.', 'docs', 'docs/zh'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
    .map((name) => join(folder, name)),
);

function* textsIn(...folders: readonly string[]): Generator<string> {
  for (const folder of folders)
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
      if (entry.isFile() && /\.(?:ts|mjs|js|json|xml|html)$/.test(entry.name))
        yield readFileSync(join(entry.parentPath, entry.name), 'utf8');
}

const CAPITALS = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;
/** All words of the code that are written like a setting or a constant. */
const capitals = new Set(
  [...textsIn('src', 'handlers', 'scripts', 'bench', 'examples')].join('\n').match(CAPITALS),
);

/** Names of Node and of the system, and keys of menus that examples make up. */
const FOREIGN = new Set([
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_ENV',
  'NO_PROXY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'CAP_NET_BIND_SERVICE',
  'V1001_WEATHER',
  'SCAN_CHECK',
]);

const isSetting = (name: string): boolean =>
  capitals.has(name) || FOREIGN.has(name) || variableNames.some((known) => name === `${known}_FILE`);

/** Names of browsers and of systemd, and those that the code puts together. */
const NOT_IN_CODE = /^(?:pushState|AmbientCapabilities|AtMs|state_(?:forged|over|elsewhere))$/;
const IDENTIFIER = /[A-Za-z_$][\w$]*/g;

describe('given the names on the pages', () => {
  test('when identifiers and codes are named, then the code has them', () => {
    const words = new Set(
      [...textsIn('src', 'handlers', 'scripts', 'bench', 'examples', 'fixtures', 'test')]
        .join('\n')
        .match(IDENTIFIER),
    );
    const strange = pages
      // Half of its names are of other libraries.
      .filter((path) => !path.endsWith('migration.md'))
      .flatMap((path) =>
        readPage(path)
          .spans.flatMap((span) => span.match(IDENTIFIER) ?? [])
          .filter((name) => /[a-z][A-Z]|_/.test(name) && !words.has(name) && !NOT_IN_CODE.test(name))
          .map((name) => `${name} (${path})`),
      );
    expect(strange).toEqual([]);
  });

  test('when settings and constants are named, then the code has them', () => {
    expect(capitals.size).toBeGreaterThan(200);
    const strange = pages.flatMap((path) => {
      const { spans, code } = readPage(path);
      const texts = [
        ...spans,
        ...code.flatMap(({ language, text }) => (language === 'json' ? [] : [text])),
      ].join('\n');
      return (texts.match(CAPITALS) ?? [])
        .filter((name) => !isSetting(name) && !name.startsWith('NAME_'))
        .map((name) => `${name} (${path})`);
    });
    expect([...new Set(strange)]).toEqual([]);
  });

  test('when files of the repository are named, then they are there', () => {
    const missing = pages.flatMap((path) =>
      readPage(path)
        .spans.filter((span) =>
          /^(?:src|test|docs|handlers|scripts|bench|deploy|fixtures|examples)\/[\w./-]+$/.test(span),
        )
        .filter((span) => !existsSync(span))
        .map((span) => `${span} (${path})`),
    );
    expect(missing).toEqual([]);
  });

  test('when options of commands are named, then their help has them', async () => {
    const strange: string[] = [];
    for (const path of pages) {
      const { spans, code } = readPage(path);
      const lines = [...spans, ...code.flatMap(({ text }) => text.split('\n'))];
      for (const line of lines) {
        const [, name = '', rest = ''] =
          /(?:wechat-callback|npm run cli(?: --silent)? --|npm run(?= (?:send|routes|sandbox|conformance) --)) ([a-z][a-z-]+)([^#|]*)/.exec(
            line,
          ) ?? [];
        if (name === '') continue;
        const help = await helpOf(name);
        for (const [option] of rest.matchAll(/(?<=\s)--[a-z][a-z-]*/g))
          if (option !== '--help' && !help.includes(option)) strange.push(`${name} ${option} (${path})`);
      }
    }
    expect(strange).toEqual([]);
  });
});

const helps = new Map<string, string>();
async function helpOf(command: string): Promise<string> {
  let help = helps.get(command) ?? '';
  if (help === '') {
    await runCommandLine([command, '--help'], { out: (text) => (help += text), err: () => undefined });
    helps.set(command, help);
  }
  return help;
}
