import { createHash } from 'node:crypto';
import type { SignatureSteps } from '../types/types.js';

/** Computes a signature step by step: sort the parts as texts, join them, SHA-1. Source: "接入概述", "消息加解密说明". */
export function signatureSteps(name: SignatureSteps['name'], parts: readonly string[]): SignatureSteps {
  const sorted = [...parts].sort();
  const joined = sorted.join('');
  return { name, parts, sorted, joined, sha1: sha1(joined) };
}

/** Returns SHA-1 as 40 lower-case hex digits. */
export function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** Returns the signature with its last digit changed. */
export function spoiled(signature: string): string {
  return signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0');
}
