import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from '../../src/embed.js';
import { silentLogger } from '../../src/ports/logger.js';
import { Patient, faultsOf, reads, treat, type Case } from '../support/doctor/patient.js';

let patient: Patient;
beforeAll(async () => {
  patient = await Patient.admit();
});
afterAll(() => patient.discharge());

const CASES: readonly Case[] = [
  ['the token is missing', 'settings', reads('WECHAT_TOKEN', '')],
  ['the AES key is a character short', 'settings', reads('WECHAT_ENCODING_AES_KEY', 'a'.repeat(42))],
  ['a variable is misspelt', 'settings', reads('WECHAT_TOKNE', 'x')],
  ['the folder of handlers is not there', 'handlers', reads('HANDLERS_DIR', '/nowhere/handlers')],
  [
    'a handler has a syntax error',
    'handlers',
    async (sick) => {
      await sick.writeHandler('export default {\n  on: message.text,,\n};\n', 'broken.mjs');
      return () => rm(join(sick.dir, 'handlers', 'broken.mjs'));
    },
  ],
  [
    'a handler exports nothing of use',
    'handlers',
    async (sick) => {
      await sick.writeHandler('export default { on: "message.txt", handle() {} };\n', 'other.mjs');
      return () => rm(join(sick.dir, 'handlers', 'other.mjs'));
    },
  ],
  [
    'two handlers hear the same without a condition',
    'handlers',
    async (sick) => {
      await sick.writeHandler(`export default { on: 'message.text', handle() {} };\n`, 'twin.mjs');
      return () => rm(join(sick.dir, 'handlers', 'twin.mjs'));
    },
  ],
  [
    'DATA_DIR is a file',
    'data-dir',
    async (sick) => {
      const path = join(sick.dir, 'a-file');
      await writeFile(path, '');
      return reads('DATA_DIR', path)(sick);
    },
  ],
  [
    'DATA_DIR is another server’s',
    'data-dir',
    async (sick) => {
      const dir = join(sick.dir, 'theirs');
      await mkdir(dir);
      const other = await createServer({ ...sick.env, DATA_DIR: dir }, { logger: silentLogger });
      const putBack = await reads('DATA_DIR', dir)(sick);
      return async () => {
        await putBack();
        await other.stop();
      };
    },
  ],
];

describe('given an installation on one machine', () => {
  test('when nothing is wrong, then there is no fault, and only the local URL is warned of', async () => {
    const { ok, first, steps } = await patient.diagnose();
    expect(faultsOf({ ok, steps })).toEqual([]);
    expect([ok, first]).toEqual([true, undefined]);
    expect(steps.filter(({ state }) => state === 'warning').map(({ id }) => id)).toEqual(['url-port']);
    expect(steps.filter(({ state }) => state === 'skipped').map(({ id }) => id)).toEqual([
      'redis',
      'url-tls',
    ]);
  });

  test.each(CASES)(
    'when %s, then %s is the first fault, and its cure cures',
    async (_what, first, illness) => {
      const { sick, cured } = await treat(patient, illness);
      expect([sick.first, faultsOf(cured)]).toEqual([first, []]);
      const { says, cure } = sick.steps.find(({ id }) => id === first) ?? {};
      for (const words of [says, cure])
        expect([words?.zh, words?.en].every((text) => text !== '')).toBe(true);
    },
  );
});
