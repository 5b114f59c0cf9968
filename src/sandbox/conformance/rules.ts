import { bodyRules } from './body-rules.js';
import { echoRules } from './echo-rules.js';
import { forgedEnvelopeRules } from './forged-envelope-rules.js';
import { handshakeRules } from './handshake-rules.js';
import { hostileBodyRules } from './hostile-body-rules.js';
import { layoutRules } from './layout-rules.js';
import { limitRules } from './limit-rules.js';
import { queryRules } from './query-rules.js';
import { replyFieldRules } from './reply-field-rules.js';
import { replyFormRules } from './reply-form-rules.js';
import { retryRules } from './retry-rules.js';
import type { Rule } from './rule.js';
import { sealingRules } from './sealing-rules.js';
import { signatureRules } from './signature-rules.js';

/** All rules, in the order of the report. */
export const rules: readonly Rule[] = [
  ...handshakeRules,
  ...signatureRules,
  ...queryRules,
  ...forgedEnvelopeRules,
  ...sealingRules,
  ...bodyRules,
  ...layoutRules,
  ...hostileBodyRules,
  ...replyFormRules,
  ...replyFieldRules,
  ...echoRules,
  ...retryRules,
  ...limitRules,
];
