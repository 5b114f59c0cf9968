import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { pushKinds } from '../../src/protocol/push/push.js';

describe('given docs/pushes.md in both languages', () => {
  test('when the pages are made anew, then nothing of them changes', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/push-pages.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test.each(['docs/pushes.md', 'docs/zh/pushes.md'])(
    'when the headings of %s are read, then every kind has one',
    (path) => {
      const headings = [...readFileSync(path, 'utf8').matchAll(/^### (\w+\.\w+)$/gm)].map(([, kind]) => kind);
      expect(new Set(headings)).toEqual(new Set(pushKinds));
      expect(headings).toHaveLength(pushKinds.length);
    },
  );
});
