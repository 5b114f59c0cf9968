import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SourceTextModule } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readPage, type CodeBlock } from '../../support/app/markdown-page.js';

const pages = ['.', 'docs', 'docs/zh'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

const blocks = pages.flatMap((path) =>
  readPage(path).code.map((block, index) => ({ ...block, at: `${path}, block ${index + 1}` })),
);

/** Returns the fault that the parser of its language finds in a block; undefined if there is none. TypeScript is compiled: documentation-examples.test.ts. */
function faultOf({ language, text }: CodeBlock): string | undefined {
  switch (language) {
    case 'sh':
    case 'bash':
      // Words in angle brackets are the reader's to replace; a shell would take them for files.
      return (
        spawnSync('bash', ['-n'], { input: text.replaceAll(/<[^<>\n]+>/g, 'x'), encoding: 'utf8' }).stderr ||
        undefined
      );
    case 'js':
      return thrownBy(() => new SourceTextModule(text));
    case 'json':
      return thrownBy(() => JSON.parse(text));
    case 'yaml':
      return thrownBy(() => parse(text));
    default:
      return undefined;
  }
}

function thrownBy(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

describe('given the code on the pages', () => {
  test('when each block is parsed, then it is well-formed', () => {
    expect(blocks.length).toBeGreaterThan(60);
    expect(
      blocks.flatMap((block) => (faultOf(block) === undefined ? [] : [`${block.at}: ${faultOf(block)}`])),
    ).toEqual([]);
  });

  test('when languages are counted, then each is one that is known', () => {
    const known = [
      'sh',
      'bash',
      'ts',
      'js',
      'json',
      'yaml',
      'html',
      'ini',
      'mermaid',
      'nginx',
      'xml',
      'text',
      '',
    ];
    expect(
      [...new Set(blocks.map(({ language }) => language))].filter((one) => !known.includes(one)),
    ).toEqual([]);
  });

  test.each([
    ['sh', 'if true; then'],
    ['js', 'const = 1;'],
    ['json', '{,}'],
    ['yaml', 'a: [1'],
  ])('when a block of %s is broken, then it is found', (language, text) => {
    expect(faultOf({ language, text })).toBeDefined();
  });
});
