import type { Readable } from 'node:stream';
import { httpResponse } from '../../ports/http-client.js';
import type { HttpStreamResponse } from '../../ports/http-stream.js';
import { ApiRefused } from '../api-error.js';
import type { EndpointSpec } from '../catalogue/endpoint.js';
import { isSuccess, parseObject, readAnswer, unusable, type JsonObject } from '../response.js';
import { assertAnswered } from '../unlisted-call.js';

/** A response whose beginning was inspected. */
export interface JudgedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first bytes, or all there are. */
  readonly head: Buffer;
  /** The rest of the body. Absent: there is none. */
  readonly rest?: Readable;
  /** True if WeChat refused the call. */
  readonly refused?: ApiRefused;
}

/** Longer than any refusal. */
const MAX_REFUSAL_BYTES = 8_192;
const OBJECT = /^\uFEFF?\s*\{/;
const PAGE = /^\uFEFF?\s*<(?:!doctype\s+html|html)\b/i;

/**
 * Distinguishes WeChat's answers, including files, from those of a gateway in between.
 *
 * @throws ApiUnreachable  the answer is not WeChat's; the call may have taken effect
 */
export async function judgeResponse(
  path: string,
  response: HttpStreamResponse,
  about: {
    readonly accessPoint: string;
    readonly row: EndpointSpec | undefined;
    readonly secrets: readonly string[];
  },
): Promise<JudgedResponse> {
  const { status, headers, body } = response;
  const { head, isWhole } = await peek(body);
  const judged = { status, headers, head, ...(!isWhole && { rest: body }) };
  const known = httpResponse(status, head, { headers });
  const start = head.subarray(0, 64).toString('utf8');
  const isNamed = headers['content-disposition'] !== undefined && isSuccess(known);
  try {
    const object = isWhole && OBJECT.test(start) ? parseObject(known.text) : undefined;
    if (isNamed && (object === undefined || !isWholeError(object))) return judged;
    if (object !== undefined || (isWhole && OBJECT.test(start))) {
      const answer = readAnswer(path, known, about.accessPoint, about.secrets);
      // The program itself checks other fields of the answer.
      assertAnswered(path, answer, {}, about.row?.answer === undefined ? about.row : undefined);
      return judged;
    }
    const isPage = PAGE.test(start) || /^text\/html/i.test(headers['content-type'] ?? '');
    if (!isSuccess(known) || head.length === 0 || isPage)
      throw unusable(path, known, about.accessPoint, isPage ? 'a page in place of an answer' : undefined);
    return judged;
  } catch (error) {
    if (error instanceof ApiRefused) return { ...judged, refused: error };
    body.destroy();
    throw error;
  }
}

const isWholeError = (object: JsonObject): boolean => 'errcode' in object && 'errmsg' in object;

/** Reads the first piece, or the whole body if it may be a refusal. */
async function peek(body: Readable): Promise<{ readonly head: Buffer; readonly isWhole: boolean }> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    pieces.push(bytes);
    size += bytes.length;
    const isObject = OBJECT.test(pieces[0]?.subarray(0, 64).toString('utf8') ?? '');
    if (size > MAX_REFUSAL_BYTES || !isObject) return { head: Buffer.concat(pieces), isWhole: false };
  }
  return { head: Buffer.concat(pieces), isWhole: true };
}
