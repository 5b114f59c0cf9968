import { expect, test } from '@jest/globals';
import { echoedClient } from './catalogue/echoed-client.js';

const { far, client } = echoedClient();
const JPG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]);

test('given an agent, when it gets a picture, then that goes out as a form beside the name in the query', async () => {
  far().answer('{"errcode":0,"errmsg":"ok"}');
  await client().agents.uploadAvatar('test1@test', { bytes: JPG, fileName: '头像.jpg' });
  expect(far().received).toMatchObject([
    {
      wire: 'POST /customservice/kfaccount/uploadheadimg?kf_account=test1%40test',
      contentType: expect.stringMatching(/^multipart\/form-data; boundary=/),
      body: expect.stringContaining('name="media"; filename="头像.jpg"'),
    },
  ]);
});

test('given a file that is no picture, when it is to be an avatar, then it is not sent', async () => {
  const wave = Buffer.from('RIFF0000WAVE');
  await expect(client().agents.uploadAvatar('test1@test', { bytes: wave })).rejects.toMatchObject({
    code: 'media_refused',
  });
  expect(far().received).toEqual([]);
});
