import { hash, timingSafeEqual } from 'node:crypto';

/**
 * The signature in a callback URL: SHA-1 over the three texts, sorted and joined, as 40 lower-case hex digits.
 *
 * In: `timestamp` and `nonce` exactly as received (after percent-decoding); they are texts, never numbers.
 * It covers neither body nor OpenID. Source: Official Account docs, "接入概述".
 */
export function urlSignature(token: string, timestamp: string, nonce: string): string {
  const swap = timestamp > nonce;
  const low = swap ? nonce : timestamp;
  const high = swap ? timestamp : nonce;
  if (token <= low) return sha1(token + low + high);
  return sha1(token <= high ? low + token + high : low + high + token);
}

/**
 * The `msg_signature` of a sealed body: as `urlSignature`, over four texts.
 *
 * In: `encrypt` is the Base64 text exactly as it stands in the envelope. Source: "消息加解密说明", 技术方案.
 */
export function envelopeSignature(token: string, timestamp: string, nonce: string, encrypt: string): string {
  // Two pairs put in order, then merged: no array, five comparisons.
  const swapFront = token > timestamp;
  const a = swapFront ? timestamp : token;
  const b = swapFront ? token : timestamp;
  const swapBack = nonce > encrypt;
  const c = swapBack ? encrypt : nonce;
  const d = swapBack ? nonce : encrypt;
  const first = a <= c ? a : c;
  const second = a <= c ? c : a;
  const third = b <= d ? b : d;
  const last = b <= d ? d : b;
  return sha1(second <= third ? first + second + third + last : first + third + second + last);
}

/**
 * Whether the signature that came is the expected one, in time that tells nothing about where they differ.
 * Upper-case hex does not match: WeChat writes lower case only.
 */
export function signatureMatches(expected: string, given: string): boolean {
  if (given.length !== expected.length) return false;
  // UTF-8, not Latin-1: there a letter beyond U+00FF would be cut down to a byte that may match.
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, Buffer.from(expected));
}

/** Whether a text has the shape of a signature. Tells nothing about its value, and costs next to nothing. */
export const isSignatureShaped = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

const sha1 = (text: string): string => hash('sha1', text);
