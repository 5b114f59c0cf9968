import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { JudgedResponse } from '../api/gateway/judge-response.js';

/** Headers of WeChat's response that are forwarded: those of the body, and no cookies. */
const PASSED_ON = ['content-type', 'content-disposition'] as const;

/**
 * Writes WeChat's answer, streamed where it is long. A browser that is led here runs nothing of it: files are what users sent.
 * An answer that breaks off on the way breaks off for the program, too.
 */
export async function sendAnswer(response: Response, answer: JudgedResponse): Promise<void> {
  const { status, headers, head, rest } = answer;
  response.status(status);
  response.setHeader('content-security-policy', "sandbox; default-src 'none'");
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (value !== undefined && isHeaderValue(value)) response.setHeader(name, value);
  }
  if (rest === undefined) {
    response.end(head);
    return;
  }
  const length = headers['content-length'] ?? '';
  if (/^\d{1,12}$/.test(length)) response.setHeader('content-length', length);
  response.write(head);
  // A broken connection on one side also closes the other.
  await pipeline(rest, response).catch(() => response.destroy());
}

/** File names are raw bytes; control characters could inject a header. */
const isHeaderValue = (value: string): boolean => /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value);
