import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formWithFile } from '../../../../src/api/media/multipart.js';
import { multipart } from '../../../../src/sandbox/wechat-api/multipart.js';

const formOf = (fileName: string, bytes = Buffer.from([0, 13, 10, 255]), fields = {}) => {
  const { type, pieces } = formWithFile(
    { field: 'media', fileName, contentType: 'image/png', bytes },
    fields,
  );
  return { type, body: Buffer.concat(pieces) };
};

describe('given a form with a file', () => {
  test('when the name is Chinese, then it travels as raw UTF-8 in quotes', () => {
    const { type, body } = formOf('二维码 😀.png');
    const boundary = /boundary=(.+)$/.exec(type)?.[1] ?? '';
    expect(body.toString('latin1')).toBe(
      Buffer.concat([
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="二维码 😀.png"\r\n` +
            'Content-Type: image/png\r\n\r\n',
        ),
        Buffer.from([0, 13, 10, 255]),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]).toString('latin1'),
    );
  });

  test('when the name holds quotes or line breaks, then none of them ends the header', () => {
    const { body } = formOf('a"; x="\r\nX-Header: 1\r\n\r\n.png');
    expect(body.toString()).toContain('filename="a%22; x=%22%0D%0AX-Header: 1%0D%0A%0D%0A.png"\r\n');
  });

  test('when it holds any file and field, then they are read back byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, title) => {
        const { type, body } = formOf('a.png', Buffer.from(bytes), { description: title });
        const parts = multipart(type, body);
        expect(parts.map(({ name }) => name)).toEqual(['description', 'media']);
        expect(parts[0]?.bytes.equals(Buffer.from(title))).toBe(true);
        expect(parts[1]?.bytes.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});
