import type { CipherMode } from '../../protocol/cipher-mode.js';
import type { Language } from '../../protocol/words.js';
import { conforms, countsOf, type Judged, type Report } from './report.js';
import { groups, type Finding, type Rule } from './rule.js';

const MARKS: { readonly [type in Finding['type']]: string } = { holds: '✓', broken: '✗', 'not-judged': '–' };

const WORDS = {
  en: {
    mode: (mode: CipherMode) => `, ${mode} mode`,
    notJudged: 'not judged',
    sent: 'sent:   ',
    came: 'came:   ',
    because: 'because:',
    rule: 'rule:   ',
    do: 'do:     ',
    holds: (count: number) => `${count} hold`,
    broken: (count: number) => `${count} that must do not`,
    others: (count: number) => `${count} others do not`,
    open: (count: number, seconds: string) => `${count} not judged; ${seconds} s`,
    left: (count: number) => `${count} rules were not judged.`,
    conforms: 'conforms',
    fails: 'does not conform',
    comma: ', ',
    colon: ': ',
  },
  zh: {
    mode: (mode: CipherMode) => `，${MODES[mode]}`,
    notJudged: '无法判断',
    sent: '发送：',
    came: '返回：',
    because: '原因：',
    rule: '规则：',
    do: '处理：',
    holds: (count: number) => `符合 ${count} 条`,
    broken: (count: number) => `必须遵守而不符合 ${count} 条`,
    others: (count: number) => `其他不符合 ${count} 条`,
    open: (count: number, seconds: string) => `无法判断 ${count} 条；${seconds} 秒`,
    left: (count: number) => `还有 ${count} 条规则没有检查。`,
    conforms: '合格',
    fails: '不合格',
    comma: '，',
    colon: '：',
  },
} as const;
const MODES: Readonly<Record<CipherMode, string>> = {
  plaintext: '明文模式',
  compatible: '兼容模式',
  safe: '安全模式',
};

/**
 * The report for people: by group, each broken rule with what was sent, what came, and what to do. Where the run ended
 * early, the reason stands once and the rules that were left are counted, not listed. What was sent is a label in English,
 * as in the other formats; everything else is in the language.
 */
export function reportText(report: Report, language: Language): string {
  const words = WORDS[language];
  const { target, judged, stop } = report;
  const isLeft = ({ finding }: Judged): boolean =>
    stop !== undefined && finding.type === 'not-judged' && finding.because === stop.because;
  const blocks = groups.flatMap((group) => {
    const rows = judged.filter((one) => one.rule.group === group && !isLeft(one));
    return rows.length === 0 ? [] : [[group, ...rows.map((one) => row(one, language))].join('\n')];
  });
  return [
    `${target.url.origin}${target.url.pathname}${words.mode(target.mode)}`,
    ...blocks,
    ...(stop === undefined ? [] : [`${stop.because[language]}\n${words.left(judged.filter(isLeft).length)}`]),
    summary(report, language),
  ].join('\n\n');
}

/** Lists the rules, for `--list`. */
export function listText(rules: readonly Rule[], language: Language): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules
    .map(({ id, level, title }) => `${id.padEnd(width)}  ${level.padEnd(6)}  ${title[language]}`)
    .join('\n');
}

function row({ rule, finding }: Judged, language: Language): string {
  const words = WORDS[language];
  const head = `  ${MARKS[finding.type]} ${rule.id}${rule.level === 'must' ? '' : ` (${rule.level})`}${words.colon}${rule.title[language]}`;
  switch (finding.type) {
    case 'holds':
      return head;
    case 'not-judged':
      return `${head}\n      ${words.notJudged}${words.colon}${finding.because[language]}`;
    case 'broken':
      return [
        head,
        `      ${words.sent} ${finding.sent}`,
        `      ${words.came} ${finding.came[language]}`,
        `      ${words.because} ${finding.because[language]}`,
        `      ${words.rule} ${rule.says[language]} (${rule.source})`,
        `      ${words.do} ${rule.remedy[language]}`,
      ].join('\n');
    default:
      return finding satisfies never;
  }
}

function summary(report: Report, language: Language): string {
  const words = WORDS[language];
  const { judged, ms } = report;
  const { holds, broken, notJudged } = countsOf(judged);
  const others = broken.should + broken.advice;
  return [
    words.holds(holds),
    words.broken(broken.must),
    ...(others > 0 ? [words.others(others)] : []),
    words.open(notJudged, (ms / 1000).toFixed(1)),
    conforms(report) ? words.conforms : words.fails,
  ].join(words.comma);
}
