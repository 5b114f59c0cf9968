import { describe, expect, test } from '@jest/globals';
import { endpoint } from '../../../../src/api/catalogue/endpoint.js';
import { fieldsAt } from '../../../../src/api/catalogue/field-path.js';
import type { Api } from '../../../../src/api/client.js';
import { createCallExecutor, limitsOf } from '../../../../src/api/execute-call.js';
import type { JsonObject } from '../../../../src/api/response.js';
import type { CustomerServiceMessage } from '../../../../src/protocol/customer-service-message.js';
import type { OpenId } from '../../../../src/protocol/ids.js';
import { catalogueRows } from '../../../support/wechat/catalogue-rows.js';
import { echoedClient } from './echoed-client.js';
import { SAMPLES } from './samples/index.js';

/** Fields that the samples of all APIs share. */
interface AnySample {
  readonly request: object;
  readonly wire: string;
  readonly sent?: string;
  readonly answer?: object;
  readonly text?: string;
  readonly result?: unknown;
}
type ByName<Of> = Readonly<Record<string, Of>>;

// Each of these goes through all names, where types only tell of each single one.
/* oxlint-disable typescript/no-unsafe-type-assertion */
const samples = SAMPLES as unknown as ByName<ByName<AnySample>>;
const callOf = (api: Api, family: string, name: string) =>
  (api as unknown as ByName<ByName<(request: object) => Promise<unknown>>>)[family]?.[name];
const asMessage = (request: object) => request as unknown as { touser: OpenId } & CustomerServiceMessage;
const asAnswer = (answer: object) => answer as JsonObject;
/* oxlint-enable typescript/no-unsafe-type-assertion */

const { far, client } = echoedClient();
const allowed = { spend: async () => {} };

describe('given every API of the catalogue', () => {
  test('when samples are looked for, then each has one, and no sample is without its API', () => {
    const sampled = Object.entries(samples).flatMap(([family, entries]) =>
      Object.keys(entries).map((name) => `${family}.${name}`),
    );
    expect(sampled.sort()).toEqual(catalogueRows.map(({ full }) => full).sort());
    expect(catalogueRows.length).toBeGreaterThan(140);
  });

  test('when paths are compared, then none stands there twice', () => {
    const addresses = catalogueRows.map(({ row }) => `${row.path} ${JSON.stringify(row.fixed)}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  test.each(catalogueRows.map((entry) => [entry.full, entry] as const))(
    'when %s is called, then it goes out as its page says and its answer comes back typed',
    async (_name, { family, name, row }) => {
      const sample = samples[family]?.[name];
      if (sample === undefined) throw new Error('no sample');
      const answer = { errcode: 0, errmsg: 'ok', ...sample.answer };
      far().answer(sample.text ?? JSON.stringify(sample.answer ?? answer));

      const api = client(allowed);
      const { touser, ...message } = asMessage(sample.request);
      const result: unknown =
        family === 'messages' && name === 'send'
          ? await api.messages.send(touser, message)
          : await callOf(api, family, name)?.(sample.request);

      expect(far().received).toEqual([
        {
          wire: sample.wire,
          token: row.token === false ? null : 'T',
          contentType: sample.sent === undefined ? undefined : 'application/json; charset=utf-8',
          body: sample.sent ?? '',
        },
      ]);
      const { errcode: _errcode, errmsg: _errmsg, ...fields } = answer;
      const expected = Object.keys(fields).length === 0 ? undefined : fields;
      expect(result).toEqual(sample.text === undefined ? expected : sample.result);
    },
  );

  test('when limits are looked at, then the fields that they name stand in the samples', () => {
    const notFound = catalogueRows.flatMap(({ family, name, row }) => {
      const request = samples[family]?.[name]?.request ?? {};
      return Object.keys(limitsOf(row, request))
        .filter((path) => [...fieldsAt(request, path)].length === 0)
        .map((path) => `${family}.${name} ${path}`);
    });
    // Alternatives to what is there.
    expect(notFound).toEqual([
      'menus.create button[].url',
      'menus.create button[].sub_button[].key',
      'menus.addConditional button[].url',
      'menus.addConditional button[].sub_button[].key',
      'qrCodes.create action_info.scene.scene_id',
    ]);
  });

  test('when what is repeated is looked at, then nothing that reaches people is, unless a key of the caller makes it safe', () => {
    const once = [
      'messages.send',
      'templates.send',
      'templates.sendOnce',
      'notices.send',
      'mass.sendAll',
      'mass.send',
      'mass.preview',
      'publications.submit',
      'comments.reply',
      'invoices.issue',
    ];
    for (const { full, row } of catalogueRows.filter((entry) => once.includes(entry.full))) {
      const repeats = typeof row.idempotent === 'boolean' ? row.idempotent : row.idempotent({});
      expect([full, repeats]).toEqual([full, false]);
    }
    const keyed = catalogueRows.find(({ full }) => full === 'templates.send')?.row.idempotent;
    if (typeof keyed !== 'function') throw new Error('a template message with a key may be repeated');
    expect([keyed({ client_msg_id: 'k' }), keyed({ client_msg_id: '' })]).toEqual([true, false]);
  });
});

describe("given a row of one's own", () => {
  interface Thing {
    readonly id: string;
    readonly parts: readonly { readonly id: string }[];
  }
  const given = (answer: object) =>
    endpoint<{ readonly a?: string }, Thing>(
      createCallExecutor({ budget: undefined, exchange: async () => asAnswer(answer) }),
      {
        method: 'POST',
        path: '/cgi-bin/thing',
        idempotent: true,
        answer: ['id'],
        ids: ['id', 'parts[].id'],
      },
    );

  test('when ids come as numbers or as text, deep or not, then they are text', async () => {
    expect(await given({ id: 1, parts: [{ id: 2 }, { id: '3' }] })()).toEqual({
      id: '1',
      parts: [{ id: '2' }, { id: '3' }],
    });
  });

  test('when the answer lacks what it is asked for, then nobody has answered', async () => {
    await expect(given({ errcode: 0 })()).rejects.toMatchObject({
      code: 'api_unreachable',
      sent: true,
      why: 'the answer holds no id',
    });
  });
});
