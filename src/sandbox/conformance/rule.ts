import type { CipherMode } from '../../protocol/envelope.js';
import type { Exchange } from './exchange.js';
import type { Probe } from './probe.js';

/** In the order of the report. */
export const groups = [
  'handshake',
  'signature',
  'sealing',
  'bodies',
  'replies',
  'retries',
  'limits',
] as const;
export type Group = (typeof groups)[number];

/** `must`: users see failures, or strangers get in. `should`: works today, by luck. `advice`: nothing asks for it. */
export type Level = 'must' | 'should' | 'advice';

/** One sentence of the platform as a check from outside. */
export interface Rule {
  /** kebab-case, lasting: `--only` and JUnit name it. */
  readonly id: string;
  readonly group: Group;
  readonly level: Level;
  /** What holds, as a sentence. */
  readonly title: string;
  /** What the platform says, in our words. */
  readonly says: string;
  /** The official page, and its section. */
  readonly source: string;
  /** What to do where it does not hold. */
  readonly remedy: string;
  /** Modes in which the rule means something. Absent: all. */
  readonly modes?: readonly CipherMode[];
  check(probe: Probe): Promise<Finding>;
}

export type Finding =
  | { readonly type: 'holds' }
  | { readonly type: 'broken'; readonly sent: string; readonly came: string; readonly because: string }
  /** Nothing that came back lets anyone tell. */
  | { readonly type: 'not-judged'; readonly because: string };

export const applies = ({ modes }: Rule, mode: CipherMode): boolean => modes?.includes(mode) ?? true;

export const holds: Finding = { type: 'holds' };

export const notJudged = (because: string): Finding => ({ type: 'not-judged', because });

export const broken = (exchange: Exchange, because: string): Finding => ({
  type: 'broken',
  sent: exchange.label,
  came: cameBack(exchange),
  because,
});

/** What came back, opened, in one line. */
export function cameBack({ status, failure, errorCode, text, opened, ms }: Exchange): string {
  if (failure !== undefined) return `${failure}${errorCode === '' ? '' : ` (${errorCode})`} after ${ms} ms`;
  const body = opened ?? text;
  const shown = body.length > LONGEST_SHOWN ? `${body.slice(0, LONGEST_SHOWN)}…` : body;
  const how = opened === undefined ? '' : 'sealed ';
  return `status ${status ?? '-'} in ${ms} ms, ${body === '' ? 'empty body' : how + JSON.stringify(shown)}`;
}

const LONGEST_SHOWN = 300;
