import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const LEDGER = `{ sent: 3, acknowledged: 3, replied: 2, delivered: 3, kept: 1, dead: 0, lost: 0, duplicated: 0, unexpected: 0, order: 0 }`;
const proof = (run: string, limitMinutes = 1): string =>
  `export default { about: 'a try', limitMinutes: ${limitMinutes}, async *run() { ${run} } };`;

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proofs-'));
});
afterEach(() => rm(dir, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function prove(files: Readonly<Record<string, string>>, ...names: string[]): Promise<Ended> {
  for (const [name, source] of Object.entries(files)) await writeFile(join(dir, `${name}.proof.mjs`), source);
  try {
    const ended = await promisify(execFile)(process.execPath, ['scripts/prove.mjs', '--from', dir, ...names]);
    return { code: 0, ...ended };
  } catch (error) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what execFile rejects with
    return error as Ended;
  }
}

describe('given a folder of proofs', () => {
  test('when all claims hold, then each says its ledger, and the program ends with 0', async () => {
    const { code, stdout } = await prove({
      one: proof(`yield { name: 'a part', ledger: ${LEDGER}, broken: [] };`),
      other: proof(`yield { name: 'another part', figures: { stops: 7 }, broken: [] };`),
    });
    expect(stdout).toContain(
      'sent 3, acknowledged 3, replied 2, delivered 3, kept 1, dead 0, lost 0, duplicated 0, unexpected 0, order 0',
    );
    expect(stdout).toContain('{"stops":7}');
    expect(stdout).toMatch(/2 proved, 0 failed\n$/);
    expect(code).toBe(0);
  });

  test('when one claim is false, then it is named, and the program ends with 1', async () => {
    const { code, stdout } = await prove({
      one: proof(`yield { name: 'a part', broken: ['nothing is lost: not with 2'] };`),
    });
    expect(stdout).toContain('FALSE: nothing is lost: not with 2');
    expect(stdout).toContain('one: FAILED (a claim is false)');
    expect(stdout).toMatch(/0 proved, 1 failed\n$/);
    expect(code).toBe(1);
  });

  test('when one throws, then it has failed, and the others run all the same', async () => {
    const { code, stdout, stderr } = await prove({
      one: proof(`throw new Error('no Redis');`),
      other: proof(`yield { name: 'a part', broken: [] };`),
    });
    expect(stderr).toContain('Error: no Redis');
    expect(stdout).toContain('one: FAILED (it broke off)');
    expect(stdout).toMatch(/1 proved, 1 failed\n$/);
    expect(code).toBe(1);
  });

  test('when one does not end, then it is ended at its limit, and has failed', async () => {
    const { code, stdout } = await prove({ one: proof(`for (;;) {}`, 0.01) });
    expect(stdout).toContain('FAILED (not over within 0.01 minutes)');
    expect(code).toBe(1);
  });

  test('when some are named, then only those run, and an unknown name is refused', async () => {
    const files = { one: proof(''), other: proof(`throw new Error('not this one');`) };
    expect((await prove(files, 'one')).stdout).toContain('1 proved, 0 failed');
    const refused = await prove(files, 'third');
    expect(refused.stderr).toContain('There is no proof third: choose from one, other');
    expect(refused.code).toBe(1);
  });
});
