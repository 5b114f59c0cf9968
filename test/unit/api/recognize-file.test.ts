import { describe, expect, test } from '@jest/globals';
import { echoedClient } from './catalogue/echoed-client.js';

const { far, client } = echoedClient();
const JPEG = { bytes: Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]), fileName: '卡.jpg' };
const MP3 = { bytes: Buffer.from('ID3\u0003\u0000'), fileName: 'a.mp3' };

describe('given a picture of our own', () => {
  test('when it is read, then it goes out as a form under `img`, and the answer is that of the call', async () => {
    far().answer('{"errcode":0,"errmsg":"ok","number":"6226"}');
    expect(await client().ocr.fromFile('bankCard', JPEG)).toEqual({ number: '6226' });
    expect(far().received).toMatchObject([
      { wire: 'POST /cv/ocr/bankcard', contentType: expect.stringMatching(/^multipart\/form-data/) },
    ]);
    expect(far().received[0]?.body).toContain('name="img"; filename="卡.jpg"\r\nContent-Type: image/jpeg');
  });

  test('when the answer lacks what the call is for, then nobody has answered', async () => {
    far().answer('{"errcode":0,"errmsg":"ok"}');
    await expect(client().ocr.fromFile('bankCard', JPEG)).rejects.toMatchObject({ code: 'api_unreachable' });
  });

  test('when it is cut, then the ratios stand in the query', async () => {
    far().answer('{"errcode":0,"results":[]}');
    await client().images.fromFile('crop', JPEG, { ratios: '1,2.35' });
    expect(far().received[0]?.wire).toBe('POST /cv/img/aicrop?ratios=1%2C2.35');
  });

  test('when it is too large, then it is not sent', async () => {
    const large = { bytes: Buffer.concat([JPEG.bytes, Buffer.alloc(2 * 1_024 * 1_024)]) };
    await expect(client().ocr.fromFile('print', large)).rejects.toMatchObject({ code: 'media_refused' });
    expect(far().received).toEqual([]);
  });
});

describe('given a voice', () => {
  test('when it is uploaded, then format, id and language stand in the query', async () => {
    await client().voice.upload({ voice_id: 'v', lang: 'en_US' }, MP3);
    expect(far().received).toMatchObject([
      { wire: 'POST /cgi-bin/media/voice/addvoicetorecofortext?format=mp3&voice_id=v&lang=en_US' },
    ]);
    expect(far().received[0]?.body).toContain('name="media"; filename="a.mp3"');
  });
});
