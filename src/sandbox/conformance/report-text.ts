import { conforms, type Judged, type Report } from './run-rules.js';
import { groups, type Finding, type Rule } from './rule.js';

const MARKS: { readonly [type in Finding['type']]: string } = { holds: '✓', broken: '✗', 'not-judged': '–' };

/** The report for people: by group, each broken rule with what was sent, what came, and what to do. */
export function reportText(report: Report): string {
  const { target, judged, ms } = report;
  const blocks = groups.flatMap((group) => {
    const rows = judged.filter(({ rule }) => rule.group === group);
    return rows.length === 0 ? [] : [[group, ...rows.map(row)].join('\n')];
  });
  return [
    `${target.url.origin}${target.url.pathname}, ${target.mode} mode`,
    ...blocks,
    summary(report, ms),
  ].join('\n\n');
}

/** The rules themselves, for `--list`. */
export function listText(rules: readonly Rule[]): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules.map(({ id, level, title }) => `${id.padEnd(width)}  ${level.padEnd(6)}  ${title}`).join('\n');
}

function row({ rule, finding }: Judged): string {
  const head = `  ${MARKS[finding.type]} ${rule.id}${rule.level === 'must' ? '' : ` (${rule.level})`}: ${rule.title}`;
  switch (finding.type) {
    case 'holds':
      return head;
    case 'not-judged':
      return `${head}\n      not judged: ${finding.because}`;
    case 'broken':
      return [
        head,
        `      sent:    ${finding.sent}`,
        `      came:    ${finding.came}`,
        `      because: ${finding.because}`,
        `      rule:    ${rule.says} (${rule.source})`,
        `      do:      ${rule.remedy}`,
      ].join('\n');
    default:
      return finding satisfies never;
  }
}

function summary(report: Report, ms: number): string {
  const { judged } = report;
  const count = (type: Finding['type']) => judged.filter(({ finding }) => finding.type === type).length;
  const broken = judged.filter(
    ({ rule, finding }) => finding.type === 'broken' && rule.level === 'must',
  ).length;
  const others = count('broken') - broken;
  return [
    `${count('holds')} hold, ${broken} that must do not`,
    ...(others > 0 ? [`${others} others do not`] : []),
    `${count('not-judged')} not judged; ${(ms / 1000).toFixed(1)} s`,
    ...(report.cutShort ? ['the time was over before all were judged'] : []),
    conforms(report) ? 'conforms' : 'does not conform',
  ].join(', ');
}
