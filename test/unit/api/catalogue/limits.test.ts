import { describe, expect, test } from '@jest/globals';
import { ApiRequestInvalid } from '../../../../src/api/api-error.js';
import { toOpenId } from '../../../../src/protocol/ids.js';
import { echoedClient } from './echoed-client.js';

const { far, client } = echoedClient();
const users = (count: number) => Array.from({ length: count }, (_, n) => toOpenId(`o${n}`));
const click = (name: string) => ({ type: 'click', name, key: 'k' }) as const;

describe('given a request that WeChat would refuse in words that mislead', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    [
      '101 users at once',
      () => client().users.batchInfo({ user_list: users(101).map((openid) => ({ openid })) }),
      'user_list has to be 1 to 100 items, and is 101',
    ],
    [
      'nobody at all',
      () => client().users.batchInfo({ user_list: [] }),
      'user_list has to be 1 to 100 items, and is 0',
    ],
    [
      '51 to be tagged',
      () => client().tags.tag({ openid_list: users(51), tagid: 1 }),
      'openid_list has to be 1 to 50 items, and is 51',
    ],
    [
      '21 to be blocked',
      () => client().blacklist.add({ openid_list: users(21) }),
      'openid_list has to be 1 to 20 items, and is 21',
    ],
    [
      'a mass message to one',
      () => client().mass.send({ touser: users(1), msgtype: 'text', text: { content: 'x' } }),
      'touser has to be 2 to 10000 items, and is 1',
    ],
    [
      'four buttons',
      () => client().menus.create({ button: [click('a'), click('b'), click('c'), click('d')] }),
      'button has to be 1 to 3 items, and is 4',
    ],
    [
      'a long name in the second button',
      () => client().menus.create({ button: [click('a'), click('六个汉字的名')] }),
      'button[1].name has to be 1 to 16 bytes of UTF-8, and is 18',
    ],
    [
      'a long name two levels down',
      () =>
        client().menus.create({ button: [{ name: 'm', sub_button: [click('a'), click('菜'.repeat(21))] }] }),
      'button[0].sub_button[1].name has to be 1 to 60 bytes of UTF-8, and is 63',
    ],
    [
      'a remark of 30 bytes',
      () => client().users.remark({ openid: toOpenId('o'), remark: '十'.repeat(10) }),
      'remark has to be 0 to 29 bytes of UTF-8, and is 30',
    ],
    [
      'a tag of 31 characters',
      () => client().tags.create({ tag: { name: '👨‍👩‍👧'.repeat(31) } }),
      'tag.name has to be 1 to 30 characters, and is 31',
    ],
    [
      'a code for 31 days',
      () =>
        client().qrCodes.create({
          action_name: 'QR_SCENE',
          expire_seconds: 2_678_400,
          action_info: { scene: { scene_id: 1 } },
        }),
      'expire_seconds has to be 1 to 2592000, and is 2678400',
    ],
    [
      'a permanent code beyond the last one',
      () =>
        client().qrCodes.create({
          action_name: 'QR_LIMIT_SCENE',
          action_info: { scene: { scene_id: 100_001 } },
        }),
      'action_info.scene.scene_id has to be 1 to 100000, and is 100001',
    ],
    [
      'half a scene',
      () => client().qrCodes.create({ action_name: 'QR_SCENE', action_info: { scene: { scene_id: 1.5 } } }),
      'action_info.scene.scene_id is not a whole number',
    ],
    [
      'an industry of no name',
      () => client().templates.setIndustry({ industry_id1: 'IT', industry_id2: '4' }),
      'industry_id1 is not a whole number',
    ],
  ])('when it has %s, then it is not sent, and the error names field and limit', async (_name, call, why) => {
    const refused = call();
    await expect(refused).rejects.toBeInstanceOf(ApiRequestInvalid);
    await expect(refused).rejects.toThrow(`was not called: ${why}`);
    expect(far().received).toEqual([]);
  });

  test('when it keeps to the limit exactly, then it is sent', async () => {
    await client().tags.tag({ openid_list: users(50), tagid: 1 });
    await client()
      .tags.create({ tag: { name: '👨‍👩‍👧'.repeat(30) } })
      .catch(() => {}); // the answer names no tag
    await client().users.remark({ openid: toOpenId('o'), remark: '' });
    expect(far().received).toHaveLength(3);
  });
});
