import { formatColumns } from '../table.js';
import type { Diagnosis, JudgedStep } from './diagnose.js';
import { STEPS } from './steps.js';
import type { Language } from './step.js';

const MARKS = { ok: '✓', fault: '✗', warning: '!', skipped: '-' } as const;

const WORDS = {
  zh: { matters: '影响', cure: '处理', well: '没有发现问题。', first: '先处理这一步：' },
  en: { matters: 'matters', cure: 'do', well: 'Nothing is wrong.', first: 'Fix this first:' },
} as const;

/** Formats the diagnosis: the first fault at the top, then one line per step. */
export function renderDiagnosis({ first, steps }: Diagnosis, language: Language): string {
  const words = WORDS[language];
  const worst = steps.find(({ id }) => id === first);
  const top = worst === undefined ? words.well : `${words.first}\n${renderStep(worst, language)}`;
  if (first === 'settings') return top; // nothing else was probed
  return [
    top,
    '',
    formatColumns(steps.map((step) => rowOf(step, language))),
    ...renderRest(steps, first, language),
  ].join('\n');
}

/** Formats the other faults and the warnings, with their cures. */
function renderRest(steps: readonly JudgedStep[], first: string | undefined, language: Language): string[] {
  const rest = steps.filter(({ id, cure }) => cure !== undefined && id !== first);
  return rest.flatMap((step) => ['', renderStep(step, language)]);
}

function renderStep({ id, state, says, cure }: JudgedStep, language: Language): string {
  const words = WORDS[language];
  const matters = STEPS.find((step) => step.id === id)?.matters;
  const colon = language === 'zh' ? '：' : ': ';
  return [
    `${MARKS[state]} ${id}  ${says[language]}`,
    ...(state === 'fault' && matters !== undefined ? [`  ${words.matters}${colon}${matters[language]}`] : []),
    ...(cure === undefined ? [] : [`  ${words.cure}${colon}${cure[language]}`]),
  ].join('\n');
}

/** Makes the table row of a step, with the first line of its finding; a list in the finding is printed below. */
const rowOf = ({ id, state, says }: JudgedStep, language: Language): string[] => [
  MARKS[state],
  id,
  (says[language].split('\n')[0] ?? '').replace(/[：:]$/, ''),
];

/** Returns the diagnosis for `--json`, with texts in one language. */
export const diagnosisJson = ({ ok, first, steps }: Diagnosis, language: Language): object => ({
  ok,
  first: first ?? null,
  steps: steps.map(({ id, state, says, cure, ms }) => ({
    id,
    state,
    says: says[language],
    cure: cure?.[language] ?? null,
    ms,
  })),
});
