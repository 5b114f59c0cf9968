import { describe, expect, test } from '@jest/globals';
import { readMedia } from '../../../../src/api/media/read-media.js';
import { httpResponse } from '../../../../src/ports/http-client.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
const read = (body: Uint8Array | string, headers: Record<string, string> = {}, status = 200) =>
  readMedia('/cgi-bin/media/get', httpResponse(status, body, { headers }), 'api.example');
const disposition = (value: string) => ({ 'content-type': 'image/png', 'content-disposition': value });

describe('given an answer to a download', () => {
  test.each([
    ['attachment; filename="a.png"', 'a.png'],
    ['attachment; filename=a.png', 'a.png'],
    [Buffer.from('attachment; filename="图.png"').toString('latin1'), '图.png'],
    ['attachment; filename="x.png"; filename*=UTF-8\'\'%E5%9B%BE.png', '图.png'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\x\\\\a.png"', 'a.png'],
    ['attachment', undefined],
    ['attachment; filename=".."', undefined],
  ])('when it comes as %j, then it is a file of that name', (header, fileName) => {
    expect(read(PNG, disposition(header))).toEqual({
      type: 'file',
      bytes: PNG,
      contentType: 'image/png',
      ...(fileName !== undefined && { fileName }),
    });
  });

  test('when bytes come without a name, then they are a file all the same', () => {
    expect(read(PNG, { 'content-type': 'image/jpeg' })).toMatchObject({
      type: 'file',
      contentType: 'image/jpeg',
    });
    expect(read(PNG)).toMatchObject({ type: 'file', contentType: 'application/octet-stream' });
    expect(read(Buffer.from('{ this is no JSON'))).toMatchObject({ type: 'file' });
  });

  test.each(['application/json; encoding=utf-8', 'text/plain', 'image/jpeg', ''])(
    'when an error comes as %j, then it is an error and no picture',
    (contentType) => {
      const error = '{"errcode":40007,"errmsg":"invalid media_id rid: 5f3e3696-11e78743-10655b48"}';
      expect(() => read(error, { 'content-type': contentType })).toThrow(
        expect.objectContaining({ errcode: 40007, accessPoint: 'api.example' }),
      );
    },
  );

  test('when an error comes as an attachment, then it is an error and no picture', () => {
    const error = '{"errcode":"40007","errmsg":"invalid media_id"}';
    expect(() => read(error, disposition('attachment; filename="a.jpg"'))).toThrow(
      expect.objectContaining({ errcode: 40007 }),
    );
  });

  test('when a video or articles come, then these are told', () => {
    expect(read('{"video_url":"http://v/1"}', { 'content-type': 'text/plain' })).toEqual({
      type: 'video',
      url: 'http://v/1',
    });
    expect(read('{"title":"T","description":"D","down_url":"http://v/2"}')).toEqual({
      type: 'video',
      url: 'http://v/2',
      title: 'T',
      description: 'D',
    });
    expect(read('{"news_item":[{"title":"N"}]}')).toEqual({ type: 'news', articles: [{ title: 'N' }] });
  });

  test('when a JSON file comes as an attachment, then it is a file', () => {
    expect(read('{"errcode":1}', disposition('attachment; filename="a.json"'))).toMatchObject({
      type: 'file',
    });
  });

  test.each([
    ['nothing', '', {}, 200, 'not-json'],
    ['nothing under a name', '', { 'content-disposition': 'attachment; filename="a.jpg"' }, 200, 'not-json'],
    ['half an error', '{"errcode":40007,"errm', { 'content-type': 'image/jpeg' }, 200, 'not-json'],
    ['a page', '<html>', { 'content-type': 'text/html' }, 200, 'not-json'],
    ['a page as a picture', '\n<!DOCTYPE html><p>', { 'content-type': 'image/jpeg' }, 200, 'not-json'],
    ['a gateway error', 'bad', {}, 502, 'server-error'],
    ['a gateway error with a name', 'bad', { 'content-disposition': 'attachment' }, 502, 'server-error'],
    ['success and nothing else', '{"errcode":0}', {}, 200, 'not-json'],
  ])('when it is %s, then nobody answered', (_name, body, headers, status, kind) => {
    expect(() => read(body, headers, status)).toThrow(
      expect.objectContaining({ code: 'api_unreachable', kind }),
    );
  });
});
