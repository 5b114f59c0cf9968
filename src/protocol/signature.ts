import { hash } from 'node:crypto';

/**
 * Computes the signature of a callback URL: SHA-1 over the three texts, sorted and joined, as 40 lower-case hex digits.
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
 * Computes the `msg_signature` of a sealed body: like `urlSignature`, over four texts.
 *
 * In: `encrypt` is the Base64 text exactly as it stands in the envelope. Source: "消息加解密说明", 技术方案.
 */
export function envelopeSignature(token: string, timestamp: string, nonce: string, encrypt: string): string {
  // Sorts two pairs, then merges them: no array, five comparisons.
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

/** Compares two signatures in constant time. Upper-case hex does not match: WeChat writes lower case only. */
export function signatureMatches(expected: string, given: string): boolean {
  if (given.length !== expected.length) return false;
  // Not `timingSafeEqual`: it compares bytes, and two buffers for each push cost more than its hash.
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1)
    difference |= expected.charCodeAt(at) ^ given.charCodeAt(at);
  return difference === 0;
}

/** Checks the shape of a signature, not its value. */
export const isSignatureShaped = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

const sha1 = (text: string): string => hash('sha1', text);
