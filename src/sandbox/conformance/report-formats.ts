import { conforms, countsOf, type Judged, type Report } from './report.js';
import { groups, type Finding } from './rule.js';

/** The report for programs. `version` is that of the suite. */
export function reportJson(report: Report, version: string): string {
  const { target, startedAt, judged, ms, stop } = report;
  const findings = judged.map(({ rule, finding, ms: took }) => {
    const { id, group, level, title, says, source, remedy } = rule;
    return {
      id,
      group,
      level,
      title: title.en,
      says: says.en,
      source,
      remedy: remedy.en,
      ms: took,
      ...inEnglish(finding),
    };
  });
  const head = { version, startedAt, url: `${target.url.origin}${target.url.pathname}`, mode: target.mode };
  const end = stop === undefined ? {} : { stop: { ...stop, because: stop.because.en } };
  const result = { conforms: conforms(report), ...end, ms, counts: countsOf(judged), rules: findings };
  return JSON.stringify({ ...head, ...result }, undefined, 2);
}

/**
 * The report for build servers: a suite a group. A rule that only should hold, and does not, is told, not failed. A run
 * that ended early is a failure of its own.
 */
export function reportJunit({ judged, ms, startedAt, stop }: Report): string {
  const suites = groups.map((group) => judged.filter(({ rule }) => rule.group === group));
  const lines = suites
    .filter((rows) => rows.length > 0)
    .flatMap((rows) => [
      `  <testsuite name="${rows[0]?.rule.group}" ${junitCounts(rows)} time="${seconds(sumMs(rows))}">`,
      ...rows.map(testCase),
      '  </testsuite>',
    ]);
  const { tests, failures, skipped } = junitFigures(judged);
  const early = stop === undefined ? 0 : 1;
  const figures = `tests="${tests + early}" failures="${failures + early}" skipped="${skipped}"`;
  const run =
    stop === undefined
      ? []
      : [
          `  <testsuite name="run" tests="1" failures="1" skipped="0" time="${seconds(ms)}">`,
          `    <testcase classname="run" name="${stop.type}" time="${seconds(ms)}"><failure message="${escaped(stop.because.en)}"/></testcase>`,
          '  </testsuite>',
        ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="conformance" timestamp="${startedAt}" time="${seconds(ms)}" ${figures}>`,
    ...run,
    ...lines,
    '</testsuites>',
  ].join('\n');
}

/** A finding with its reason in English, which is the contract of the format. */
function inEnglish(finding: Finding): object {
  if (finding.type === 'holds') return finding;
  const because = finding.because.en;
  return finding.type === 'broken' ? { ...finding, came: finding.came.en, because } : { ...finding, because };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const sumMs = (rows: readonly Judged[]): number => rows.reduce((sum, { ms }) => sum + ms, 0);

const fails = ({ rule, finding }: Judged): boolean => finding.type === 'broken' && rule.level === 'must';

const junitFigures = (rows: readonly Judged[]) => ({
  tests: rows.length,
  failures: rows.filter(fails).length,
  skipped: rows.filter(({ finding }) => finding.type === 'not-judged').length,
});

function junitCounts(rows: readonly Judged[]): string {
  const { tests, failures, skipped } = junitFigures(rows);
  return `tests="${tests}" failures="${failures}" skipped="${skipped}"`;
}

function testCase(row: Judged): string {
  const { rule, finding, ms } = row;
  const head = `    <testcase classname="${rule.group}" name="${rule.id}" time="${seconds(ms)}"`;
  if (finding.type === 'holds') return `${head}/>`;
  if (finding.type === 'not-judged')
    return `${head}><skipped message="${escaped(finding.because.en)}"/></testcase>`;
  const { sent, came, because } = finding;
  const told = escaped(
    `${rule.title.en}\nsent: ${sent}\ncame: ${came.en}\nbecause: ${because.en}\ndo: ${rule.remedy.en}`,
  );
  return fails(row)
    ? `${head}><failure message="${escaped(because.en)}">${told}</failure></testcase>`
    : `${head}><system-out>${rule.level}: ${told}</system-out></testcase>`;
}

/** Escapes text and attributes. Characters that XML forbids become U+FFFD. */
const escaped = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
