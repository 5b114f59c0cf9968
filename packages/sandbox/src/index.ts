/*
 * What `wechat-sandbox` exports: WeChat's side of an account in a test's own process, and the rules that judge a server.
 */

export { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/sandbox.js';
export { createMovableClock, type SandboxClock } from '../../../src/sandbox/clock.js';
export { readScenario, type Scenario } from '../../../src/sandbox/scenario/scenario.js';
export { runScenario, type ScenarioReport } from '../../../src/sandbox/scenario/run-scenario.js';
export type * from '../../../src/sandbox/types/types.js';

export { runRules } from '../../../src/sandbox/conformance/run-rules.js';
export { rules } from '../../../src/sandbox/conformance/rules.js';
export { createTarget, type Target } from '../../../src/sandbox/conformance/target.js';
export { conforms, countsOf, type Judged, type Report } from '../../../src/sandbox/conformance/report.js';
export type { Finding, Level, Rule } from '../../../src/sandbox/conformance/rule.js';
export { reportText } from '../../../src/sandbox/conformance/report-text.js';
export { reportJson, reportJunit } from '../../../src/sandbox/conformance/report-formats.js';
