import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { UsageInvalid } from '../../src/cli/command.js';
import { diagnose, type Diagnosis } from '../../src/cli/doctor/diagnose.js';
import { systemClock } from '../../src/ports/clock.js';
import { Patient, faultsOf } from '../support/doctor/patient.js';

let patient: Patient;
let file: string;

const write = (tokenOfShop: string): Promise<void> =>
  writeFile(
    file,
    JSON.stringify({
      news: { appId: 'wxnews00000000001', token: 'token-of-the-news' },
      shop: { appId: 'wxshop00000000001', token: tokenOfShop },
    }),
  );

beforeAll(async () => {
  patient = await Patient.admit();
  file = join(patient.dir, 'accounts.json');
  for (const name of Object.keys(patient.env))
    if (/^WECHAT_(?!API)/.test(name)) Reflect.deleteProperty(patient.env, name);
  patient.env['WECHAT_ACCOUNTS_FILE'] = file;
  await write('token-of-the-shop');
  await patient.restart();
});
afterAll(() => patient.discharge());

const ask = (account?: string): Promise<Diagnosis> =>
  diagnose(
    { env: patient.env, ...(account !== undefined && { account }) },
    { http: createHttpClient(), clock: systemClock },
  );

describe('given a server for several accounts', () => {
  test('when each is asked for, then its own path and secrets are looked at', async () => {
    for (const account of ['news', 'shop', 'wxshop00000000001'])
      expect(faultsOf(await ask(account))).toEqual([]);
    const { steps } = await ask('shop');
    expect(steps.find(({ id }) => id === 'url-port')?.says.en).toMatch(/\/wechat\/shop on this machine/);
  });

  test('when the token of one was changed and the server not restarted, then that one is sick, and the other is well', async () => {
    await write('another-token');
    const [news, shop] = [await ask(), await ask('shop')];
    await write('token-of-the-shop');
    expect([news.first, shop.first]).toEqual([undefined, 'token']);
  });

  test('when an account is asked for that there is not, then that is a fault of the command line', async () => {
    await expect(ask('none')).rejects.toThrow(UsageInvalid);
  });
});
