import { closeSync, openSync, readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLineWriter } from '../../../../src/adapters/log/line-writer.js';
import { eventually } from '../../../support/time/eventually.js';

let folder: string;
let file: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'line-writer-'));
  file = join(folder, 'log');
  fd = openSync(file, 'a');
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

const written = () => readFileSync(file, 'utf8');

describe('given lines for a file', () => {
  test('when they are few, then they are written soon and in order, without a flush', async () => {
    const writer = createLineWriter(fd);
    writer.write('one\n');
    writer.write('two 令😀\n');
    expect(written()).toBe('');
    await eventually(() => expect(written()).toBe('one\ntwo 令😀\n'));
  });

  test('when they are many, then all of them come out whole and in order', async () => {
    const writer = createLineWriter(fd);
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} 令😀\n`);
    for (const line of lines) writer.write(line);
    // Not compared by `toBe`: it would draw a difference of thousands of lines at every look.
    const expected = lines.join('');
    await eventually(() => expect(written() === expected).toBe(true));
  });

  test('when they are flushed, then they stand in the file at once', () => {
    const writer = createLineWriter(fd);
    writer.write('last words\n');
    writer.flush();
    expect(written()).toBe('last words\n');
  });
});
