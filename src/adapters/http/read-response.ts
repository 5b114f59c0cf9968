import type { IncomingMessage } from 'node:http';
import { HttpFailure, httpResponse, type HttpPhases, type HttpResponse } from '../../ports/http-client.js';

/**
 * Reads a response to its end. Aborts once it is known to be longer than `maxBytes`.
 *
 * @throws HttpFailure  `too-large`; any other error: the response was cut off
 */
export async function readResponse(
  incoming: IncomingMessage,
  maxBytes: number,
  phases?: () => HttpPhases,
): Promise<HttpResponse> {
  const tooLarge = () => {
    incoming.destroy();
    return new HttpFailure(`an answer of more than ${maxBytes} bytes`, { sent: true, kind: 'too-large' });
  };
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(bytes);
  }
  return httpResponse(incoming.statusCode ?? 0, Buffer.concat(chunks), {
    headers: headersOf(incoming),
    ...(phases !== undefined && { phases: phases() }),
  });
}

/** Repeated headers are joined by `, `. */
export function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  const joined: Record<string, string> = Object.fromEntries(entries);
  return joined;
}
