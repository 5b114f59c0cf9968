import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.js';

/** Reads the body of a request. @throws Problem 413 */
export async function readBytes(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = (): Problem => new Problem(413, `the body is larger than ${limit} bytes`);
  if (Number(incoming.headers['content-length']) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > limit) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Reads the JSON body of a request; `{}` without a body. @throws Problem 400, 413, 415 */
export async function readJson(incoming: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBytes(incoming, limit);
  if (bytes.length === 0) return {};
  if (!/^application\/json\b/i.test(incoming.headers['content-type'] ?? '')) {
    throw new Problem(415, 'send Content-Type: application/json');
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Problem(400, 'the body is not JSON');
  }
}
