import { createHash } from 'node:crypto';

/** Length of a fingerprint. More digits would allow guesses of a short token to be checked. */
const HEX_DIGITS = 4;

/**
 * Returns a fingerprint that shows whether two places hold the same secret. Different secrets have the same one with a
 * probability of 1 in 65,536 (docs/decisions/0040). `purpose` and `appId` separate equal texts of other uses.
 */
export function secretFingerprint(
  purpose: 'token' | 'aes-key' | 'app-secret',
  appId: string,
  secret: string,
): string {
  const digest = createHash('sha256').update(`${purpose}\n${appId}\n${secret}`).digest('hex');
  return digest.slice(0, HEX_DIGITS);
}
