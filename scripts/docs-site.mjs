// `npm run docs` and `npm run docs:build`: the pages of docs/ as a site, by VitePress; test/e2e/site builds it, too.
// DOCS_BASE is the base path of the site; DOCS_REPOSITORY, such as https://…/blob/main, is the target of links to files
// that are not pages.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = fileURLToPath(new URL('../site/', import.meta.url));

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  const { status } = spawnSync(program, args, { cwd: site, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run(process.execPath, '../node_modules/vitepress/bin/vitepress.js', ...process.argv.slice(2));
// The reference of the public exports, below /reference/. TypeDoc is installed in site/ the first time, with a
// TypeScript that has an API, which ours lacks.
if (process.argv[2] === 'build') {
  if (!existsSync(join(site, 'node_modules/typedoc')))
    run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
  run(process.execPath, 'node_modules/typedoc/bin/typedoc');
}
