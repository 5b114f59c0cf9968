// Animated PNG out of still ones of the same size and kind, by the PNG specification, third edition: chunks acTL, fcTL, fdAT.
import { crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Repeats for ever. Readers that know no animation show the last frame.
 *
 * @param {readonly { readonly png: Buffer, readonly ms: number }[]} frames
 */
export function animate(frames) {
  const still = frames.at(-1);
  if (still === undefined) throw new Error('no frame');
  const header = headerOf(still.png);
  const parts = [SIGNATURE, chunk('IHDR', header), chunk('acTL', numbers(frames.length, 0))];
  for (const data of imageOf(still.png)) parts.push(chunk('IDAT', data));
  let sequence = 0;
  for (const [index, { png, ms }] of frames.entries()) {
    if (!headerOf(png).equals(header))
      throw new Error(`frame ${index} has another size or kind than the last`);
    // No offset; a delay of ms/1000 s; nothing is disposed of, nothing is blended.
    const tail = Buffer.from([ms >> 8, ms & 255, 1_000 >> 8, 1_000 & 255, 0, 0]);
    const size = header.subarray(0, 8);
    parts.push(chunk('fcTL', Buffer.concat([numbers(sequence++), size, numbers(0, 0), tail])));
    for (const data of imageOf(png)) parts.push(chunk('fdAT', Buffer.concat([numbers(sequence++), data])));
  }
  return Buffer.concat([...parts, chunk('IEND', Buffer.alloc(0))]);
}

/** @param {Buffer} png */
const headerOf = (png) => partsOf(png, 'IHDR')[0] ?? Buffer.alloc(0);
/** @param {Buffer} png */
const imageOf = (png) => partsOf(png, 'IDAT');
/** @param {Buffer} png @param {string} wanted */
const partsOf = (png, wanted) => chunksOf(png).flatMap(({ type, data }) => (type === wanted ? [data] : []));

/** @param {Buffer} png */
function chunksOf(png) {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([numbers(data.length), body, numbers(crc32(body))]);
}

/** @param {number[]} values 32 bits each */
function numbers(...values) {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}
