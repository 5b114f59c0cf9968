import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ApiRefused } from '../../../../src/api/api-error.js';
import { toOpenId } from '../../../../src/protocol/ids.js';
import { echoedClient } from './echoed-client.js';

const { far, client } = echoedClient();

async function refusalOf(call: Promise<unknown>): Promise<ApiRefused> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiRefused)) throw new Error(`no refusal: ${inspect(error)}`);
  return error;
}

describe('given an API that says no', () => {
  test('when the errcode is known, then the error says what is known of it', async () => {
    far().answer('{"errcode":40037,"errmsg":"invalid template_id rid: 61725984-6126f6f9-040f19c4"}');
    const refused = await refusalOf(client().templates.remove({ template_id: 'x' }));
    expect(refused).toMatchObject({
      code: 'api_refused',
      endpoint: '/cgi-bin/template/del_private_template',
      errcode: 40037,
      errorClass: 'config',
      text: 'invalid template_id',
      words: { en: 'invalid template_id', zh: 'template_id 不正确' },
      rid: '61725984-6126f6f9-040f19c4',
      ridAt: new Date('2021-10-22T06:26:12Z'),
      advice: expect.stringMatching(/console/),
      accessPoint: new URL(far().url).host,
    });
    expect(refused.message).toContain('template_id 不正确 (rid 61725984-6126f6f9-040f19c4)');
  });

  test('when the errcode is unknown, then there are no words but advice', async () => {
    far().answer('{"errcode":99999,"errmsg":"new trouble"}');
    const refused = await refusalOf(client().menus.get());
    expect(refused).toMatchObject({ errcode: 99999, errorClass: 'bad-request', text: 'new trouble' });
    expect(refused.words).toBeUndefined();
    expect(refused.advice).not.toBe('');
  });

  test('when some users failed, then they are told apart, and no log finds them', async () => {
    far().answer('{"errcode":45171,"errmsg":"some openid fail","fail_openid_list":["oSecretUser"]}');
    const refused = await refusalOf(client().tags.tag({ openid_list: [toOpenId('o')], tagid: 1 }));
    expect(refused.answer['fail_openid_list']).toEqual(['oSecretUser']);
    expect(inspect(refused, { depth: 9 }) + JSON.stringify(refused)).not.toContain('oSecretUser');
  });

  test('when a mass message was sent before under its key, then that is a success with the id it has', async () => {
    far().answer('{"errcode":45065,"errmsg":"clientmsgid exist","msg_id":9007199254740993}');
    const message = {
      filter: { is_to_all: true },
      msgtype: 'text',
      text: { content: 'x' },
      clientmsgid: 'k',
    } as const;
    expect(await client().mass.sendAll(message)).toEqual({ msg_id: '9007199254740993' });
  });
});

describe('given an API that is not in the catalogue', () => {
  test('when it is called with a path, then that is a GET', async () => {
    far().answer('{"a":1}');
    expect(await client().call('/cgi-bin/new')).toEqual({ a: 1 });
    await client().call('/cgi-bin/new', undefined, { query: { n: 2, left: undefined } });
    expect(far().received.map(({ wire }) => wire)).toEqual(['GET /cgi-bin/new', 'GET /cgi-bin/new?n=2']);
  });

  test('when it is called with a body, then that is a POST in raw UTF-8, without what JSON could only escape', async () => {
    await client().call('/cgi-bin/new', { text: '你好\ud800 <b> \u0007"q"\n', list: [1] });
    expect(far().received).toMatchObject([
      { wire: 'POST /cgi-bin/new', body: '{"text":"你好 <b> \\"q\\"\\n","list":[1]}' },
    ]);
  });
});
