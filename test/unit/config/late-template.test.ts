import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig } from '../../../src/config/config.js';

const ACCOUNT = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't', WECHAT_APP_SECRET: 's' };
const TEMPLATE = {
  type: 'template',
  templateId: 'T1',
  data: { thing1: '{answer:20}', time2: '{time}', thing3: '来自{handler}' },
  url: 'https://www.example.com/answers',
  miniprogram: { appid: 'wxmini', pagepath: 'pages/index' },
};

function faultsOf(env: Record<string, string>, file = ''): readonly string[] {
  try {
    readConfig(env, () => file);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.message.split('\n').filter((line) => line.includes('. '));
  }
}

describe('given a template for answers that may not be sent any more', () => {
  test('when it stands in a file, a variable or beside its account, then it is that of the account', () => {
    const text = JSON.stringify(TEMPLATE);
    const inFile = readConfig({ ...ACCOUNT, LATE_TEMPLATE_FILE: 'late.json' }, () => `\uFEFF${text}\n`);
    const inVariable = readConfig({ ...ACCOUNT, LATE_TEMPLATE: text });
    const accounts = {
      shop: { appId: 'wx1', token: 't', lateTemplate: TEMPLATE },
      club: { appId: 'wx2', token: 't' },
    };
    const beside = readConfig({ WECHAT_ACCOUNTS_FILE: 'accounts.json' }, () => JSON.stringify(accounts));
    expect(inFile.accounts[0]?.lateTemplate).toEqual(TEMPLATE);
    expect(inVariable.accounts[0]?.lateTemplate).toEqual(TEMPLATE);
    expect(beside.accounts.map(({ lateTemplate }) => lateTemplate)).toEqual([TEMPLATE, undefined]);
    expect(readConfig(ACCOUNT).accounts[0]?.lateTemplate).toBeUndefined();
  });

  test.each([
    ['{', ['is not a JSON object']],
    ['[]', ['is not a JSON object']],
    ['{}', ['type is missing', 'templateId is missing', 'data is missing']],
    [
      { ...TEMPLATE, type: 'news' },
      ['type is something else than allowed; allowed: "template" or "subscription"'],
    ],
    [{ ...TEMPLATE, template_id: 'x' }, ['it has template_id; allowed: type, templateId']],
    [{ ...TEMPLATE, data: {} }, ['data is something else']],
    [{ ...TEMPLATE, data: { thing1: 7 } }, ['data is something else']],
    [{ ...TEMPLATE, url: 'www.example.com' }, ['url is something else']],
    [{ ...TEMPLATE, miniprogram: { pagepath: 'x' } }, ['miniprogram is something else']],
    [
      { ...TEMPLATE, data: { thing1: '{answr}', thing2: '{answer:0}', thing3: '{ time }' } },
      [
        'data.thing1 holds {answr}; allowed: {answer}, {answer:20}',
        'data.thing2 holds {answer:0}',
        'data.thing3',
      ],
    ],
  ])(
    'when it is %j, then every fault is named with its file, what is allowed, and what to do',
    (given, sentences) => {
      const text = typeof given === 'string' ? given : JSON.stringify(given);
      const faults = faultsOf({ ...ACCOUNT, LATE_TEMPLATE_FILE: 'late.json' }, text);
      expect(faults).toEqual(
        sentences.map((sentence) =>
          expect.stringMatching(new RegExp(`LATE_TEMPLATE_FILE.*${sentence.replace(/[{}]/g, '\\$&')}`)),
        ),
      );
      for (const fault of faults) expect(fault).toMatch(/allowed: .+\. (Correct|Remove)/);
    },
  );

  test('when there are several accounts, then it cannot be for all of them', () => {
    const env = { WECHAT_ACCOUNTS_FILE: 'a.json', LATE_TEMPLATE: JSON.stringify(TEMPLATE) };
    expect(faultsOf(env, '{"a":{"appId":"wx","token":"t"}}')).toEqual([
      expect.stringContaining('WECHAT_ACCOUNTS_FILE is set together with LATE_TEMPLATE'),
    ]);
  });
});
