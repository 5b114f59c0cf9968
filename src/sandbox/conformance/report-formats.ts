import { conforms, type Judged, type Report } from './run-rules.js';
import { groups } from './rule.js';

/** The report for programs. */
export function reportJson(report: Report): string {
  const { target, judged, ms, cutShort } = report;
  const findings = judged.map(({ rule, finding, ms: took }) => {
    const { id, group, level, title, says, source, remedy } = rule;
    return { id, group, level, title, says, source, remedy, ms: took, ...finding };
  });
  const head = { url: `${target.url.origin}${target.url.pathname}`, mode: target.mode };
  return JSON.stringify({ ...head, conforms: conforms(report), cutShort, ms, rules: findings }, undefined, 2);
}

/** The report for build servers: a suite a group. A rule that only should hold, and does not, is told, not failed. */
export function reportJunit({ judged, ms }: Report): string {
  const suites = groups.map((group) => judged.filter(({ rule }) => rule.group === group));
  const lines = suites
    .filter((rows) => rows.length > 0)
    .flatMap((rows) => [
      `  <testsuite name="${rows[0]?.rule.group}" ${counts(rows)}>`,
      ...rows.map(testCase),
      '  </testsuite>',
    ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="conformance" time="${(ms / 1000).toFixed(3)}" ${counts(judged)}>`,
    ...lines,
    '</testsuites>',
  ].join('\n');
}

const fails = ({ rule, finding }: Judged): boolean => finding.type === 'broken' && rule.level === 'must';

function counts(rows: readonly Judged[]): string {
  const skipped = rows.filter(({ finding }) => finding.type === 'not-judged').length;
  return `tests="${rows.length}" failures="${rows.filter(fails).length}" skipped="${skipped}"`;
}

function testCase(row: Judged): string {
  const { rule, finding, ms } = row;
  const head = `    <testcase classname="${rule.group}" name="${rule.id}" time="${(ms / 1000).toFixed(3)}"`;
  if (finding.type === 'holds') return `${head}/>`;
  if (finding.type === 'not-judged')
    return `${head}><skipped message="${escaped(finding.because)}"/></testcase>`;
  const { sent, came, because } = finding;
  const told = escaped(
    `${rule.title}\nsent: ${sent}\ncame: ${came}\nbecause: ${because}\ndo: ${rule.remedy}`,
  );
  return fails(row)
    ? `${head}><failure message="${escaped(because)}">${told}</failure></testcase>`
    : `${head}><system-out>${rule.level}: ${told}</system-out></testcase>`;
}

/** For text and attributes alike. What XML forbids becomes U+FFFD. */
const escaped = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
