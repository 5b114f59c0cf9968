import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import type { Report } from '../../../src/sandbox/conformance/report.js';
import type { Target } from '../../../src/sandbox/conformance/target.js';
import { FIXTURE_ACCOUNT } from '../wechat/seal.js';

/** The target of a run against a server that has the fixtures' account. */
export const targetAt = (url: URL, mode: CipherMode): Target => ({
  ...FIXTURE_ACCOUNT,
  url,
  mode,
  account: 'gh_b52b1f8c3a7d',
  echoPrefix: '',
  cloudHosting: false,
  returnsWithinMs: 300,
  timeoutMs: 1_000,
  budgetMs: 15_000,
});

/** The rules that do not hold, with what was seen. */
export const brokenRules = ({ judged }: Report) =>
  judged.flatMap(({ rule, finding }) => (finding.type === 'broken' ? [{ rule: rule.id, ...finding }] : []));

export const notJudgedRules = ({ judged }: Report): readonly string[] =>
  judged.flatMap(({ rule, finding }) => (finding.type === 'not-judged' ? [rule.id] : []));
