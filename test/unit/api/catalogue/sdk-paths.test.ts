import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { OFFICIAL_NAMES } from '../../../../src/api/catalogue/official-names.js';
import { catalogueRows } from '../../../support/wechat/catalogue-rows.js';

/**
 * Paths of the Official Account APIs, and who knows them: the platform's own index, and the SDKs co-wechat-api, wechat-api,
 * node-easywechat, WxJava, wechatpy, silenceper/wechat, chanxuehong/wechat, PowerWeChat and fastwego/offiaccount. The last
 * column says why the client has no such call.
 */
const lines = readFileSync('test/unit/api/catalogue/sdk-paths.tsv', 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [path = '', known = '', why = ''] = line.split('\t');
    return { path, knownTo: known.split(' '), why };
  });
/** Calls of the client that are no rows: files, tokens, web authorization. */
const ours = new Set([...catalogueRows.map(({ row }) => row.path), ...Object.keys(OFFICIAL_NAMES)]);

describe('given the endpoints that the SDKs and the index of the platform have', () => {
  test('when they are held against the client, then it has each, or the list says why not', () => {
    expect(lines.length).toBeGreaterThan(450);
    expect(lines.filter(({ path, why }) => !ours.has(path) && why === '')).toEqual([]);
  });

  test('when the client has one, then the list does not leave it out', () => {
    expect(lines.filter(({ path, why }) => ours.has(path) && why !== '')).toEqual([]);
  });

  test('when the client has one that nobody else has, then it is a known one', () => {
    const listed = new Set(lines.map(({ path }) => path));
    expect([...ours].filter((path) => !listed.has(path))).toEqual(['/wxa/sec/queryblocktmplmsg']);
  });

  test('when the index of the platform has one, then it is left out for its product alone', () => {
    const leftOut = lines.filter(({ knownTo, why }) => knownTo.includes('index') && why !== '');
    const reasons = new Set(leftOut.map(({ why }) => why.replace(/[;:(].*$/, '').trim()));
    expect([...reasons].sort()).toEqual([
      'drafts took its place',
      'hospitals only',
      'no longer maintained',
      'stores as mini-programs',
    ]);
  });
});
