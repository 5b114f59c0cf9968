import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const page = readFileSync('docs/errors.md', 'utf8');

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('.ts')) yield readFileSync(path, 'utf8');
  }
}

/** The words in the first column of the table under a heading. */
function rows(heading: string): string[] {
  const from = page.indexOf(heading);
  const section = page.slice(from, page.indexOf('\n#', from + heading.length) >>> 0);
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? '').sort();
}

function words(file: string, type: string): string[] {
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(`export type ${type} =`);
  return [...text.slice(from, text.indexOf(';', from)).matchAll(/^\s*\| '([^']+)'/gm)].map(
    (match) => match[1] ?? '',
  );
}

describe('given the page of errors', () => {
  test('when it is held against the classes, then every code has its row and every row its code', () => {
    const codes = new Set<string>();
    for (const source of sources('src'))
      for (const match of source.matchAll(/readonly code(?:: string)? = '([^']+)'/g))
        codes.add(match[1] ?? '');
    expect(rows('# Errors')).toEqual([...codes].sort());
  });

  test('when it is held against the refusals, then every reason has its row', () => {
    expect(rows('## Reasons of a refusal')).toEqual(words('src/protocol/refusal.ts', 'RefusalReason').sort());
  });

  test('when it is held against the dead letters, then every reason has its row', () => {
    const reasons = [
      ...words('src/api/retry-policy.ts', 'DeadReason'),
      ...words('src/pipeline/dead-letters/dead-letter.ts', 'DeadReason'),
    ];
    expect(rows('## Reasons of a dead letter')).toEqual(reasons.sort());
  });
});
