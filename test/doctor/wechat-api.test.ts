import { createServer } from 'node:http';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { FaultRequest } from '../../src/sandbox/types/api-call.js';
import { faultsOf, reads, runsWith, treat, type Case, type Illness } from '../support/doctor/patient.js';
import { testCases, usePatient } from '../support/doctor/cases.js';
import { portOf } from '../support/processes/port-of.js';

const patient = usePatient();

/** WeChat's API says no, for as long as it lasts. */
const refuses =
  (fault: Omit<FaultRequest, 'calls'>): Illness =>
  async ({ sandbox: { state } }) => {
    const { id } = state.faults.add({ ...fault, calls: -1 });
    return () => void state.faults.remove(id);
  };

const refusesToken = (errcode: number, errmsg?: string): Illness =>
  refuses({
    kind: 'errcode',
    path: '/cgi-bin/stable_token',
    errcode,
    ...(errmsg !== undefined && { errmsg }),
  });

const CASES: readonly Case[] = [
  [
    'no access point answers',
    'access-points',
    reads('WECHAT_API_BASE_URLS', 'http://127.0.0.1:1,http://127.0.0.1:2'),
  ],
  ['the AppSecret is wrong', 'secret', reads('WECHAT_APP_SECRET', 'x'.repeat(32))],
  ['WeChat says 40001 of the secret', 'secret', refusesToken(40001)],
  ['WeChat says 40125', 'secret', refusesToken(40125)],
  ['WeChat says 40013', 'secret', refusesToken(40013)],
  ['the secret is frozen', 'secret', refusesToken(40243)],
  ['the account is frozen', 'secret', refusesToken(50007)],
  [
    'the server still has the secret of before',
    'secret',
    runsWith({ WECHAT_APP_SECRET: 'the-secret-of-before' }),
  ],
  [
    'the address is not on the whitelist',
    'whitelist',
    refuses({ kind: 'ip-not-whitelisted', path: '/cgi-bin/stable_token' }),
  ],
  ['the administrator has to confirm the address', 'whitelist', refusesToken(89503)],
  [
    'another program refreshes the token by force',
    'refresher',
    async (sick) => {
      // A token that WeChat takes back before its end, and that the server hears of.
      const { access_token } = await sick.asksAdmin('GET', '/accounts/default/token');
      sick.sandbox.state.tokens.stable(true);
      await sick.asksAdmin('POST', '/accounts/default/token/reject', { access_token, errcode: 40001 });
      return async () => {
        await sick.stopServer();
        await rm(`${sick.dir}/data`, { recursive: true });
        await sick.restart();
      };
    },
  ],
  ['a fresh token is refused', 'refresher', refuses({ kind: 'token-invalid', path: '/cgi-bin/menu/get' })],
  [
    'answers may not be sent, and the configuration wants nothing else',
    'rights',
    async (sick) => {
      const putBack = await reads('LATE_REPLY', 'customer-service')(sick);
      const allow = await refuses({ kind: 'no-permission', path: '/cgi-bin/message/custom/typing' })(sick);
      return async () => {
        await allow();
        await putBack();
      };
    },
  ],
  [
    'no URL is set in the console',
    'callback-check',
    refuses({ kind: 'errcode', path: '/cgi-bin/callback/check', errcode: 40201 }),
  ],
  [
    'the messages of the day are used up',
    'quota',
    async ({ sandbox: { state } }) => {
      const path = '/cgi-bin/message/custom/send';
      const { dailyLimit } = state.quotas.view(path, 500_000);
      for (let call = 0; call < dailyLimit; call += 1) state.quotas.spend(path, dailyLimit, undefined);
      return () => state.quotas.reset();
    },
  ],
  ['the token fetches of the day are used up', 'quota', refusesToken(45009)],
];

describe('given an installation, and WeChat’s API', () => {
  testCases(patient, CASES);

  test('when the address is not on the whitelist, then the one to be added is named', async () => {
    const { sick } = await treat(
      patient(),
      refuses({ kind: 'ip-not-whitelisted', path: '/cgi-bin/stable_token' }),
    );
    const { says, cure } = sick.steps.find(({ id }) => id === 'whitelist') ?? {};
    expect([says?.zh, cure?.zh]).toEqual([
      expect.stringContaining('127.0.0.1'),
      expect.stringContaining('127.0.0.1'),
    ]);
  });

  test('when the account lacks the right to send and lives with it, then that is information and no fault', async () => {
    const { sick } = await treat(
      patient(),
      refuses({ kind: 'no-permission', path: '/cgi-bin/message/custom/typing' }),
    );
    expect(sick.ok).toBe(true);
    const { state, says } = sick.steps.find(({ id }) => id === 'rights') ?? {};
    expect([state, says?.zh]).toEqual(['ok', expect.stringContaining('客服消息没有（48001）')]);
  });

  test('when some access points do not answer, then it is a warning', async () => {
    const urls = `${patient().env['WECHAT_API_BASE_URLS']},http://127.0.0.1:1`;
    const { sick } = await treat(patient(), reads('WECHAT_API_BASE_URLS', urls));
    expect(sick.ok).toBe(true);
    expect(sick.steps.find(({ id }) => id === 'access-points')?.state).toBe('warning');
  });

  test.each([
    [-90_000, 'behind'],
    [90_000, 'ahead of'],
  ])('when our clock is %d ms off WeChat’s, then clock is the first fault', async (offMs, word) => {
    const api = createServer((_request, response) => {
      response.setHeader('date', new Date(Date.now() - offMs).toUTCString()).end('{"errcode":41001}');
    });
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const { sick, cured } = await treat(
      patient(),
      reads('WECHAT_API_BASE_URLS', `http://127.0.0.1:${portOf(api)}`),
    );
    api.closeAllConnections();
    api.close();
    expect([sick.first, faultsOf(cured)]).toEqual(['clock', []]);
    expect(sick.steps.find(({ id }) => id === 'clock')?.says.en).toMatch(
      new RegExp(`(89|90|91) s ${word} WeChat`),
    );
  });
});
