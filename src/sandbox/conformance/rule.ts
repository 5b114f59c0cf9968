import type { Words } from '../../protocol/words.js';
import type { Exchange } from './exchange.js';
import type { Probe } from './probe.js';
import type { Target } from './target.js';

/** Groups of rules, in the order of the report. */
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

/**
 * `must`: otherwise users see the failure notice or lose a reply, or forgeries are accepted. `should`: WeChat requires
 * it. `advice`: hardening.
 */
export const levels = ['must', 'should', 'advice'] as const;
export type Level = (typeof levels)[number];

/**
 * When a rule is checked. `beside`: with others at the same time. `alone`: after these, on its own, since its requests
 * are unusual. `hostile`: at the very end, on its own, since its requests have killed servers.
 */
export type Turn = 'beside' | 'alone' | 'hostile';

/** A requirement of WeChat's documentation, as a black-box check. */
export interface Rule {
  /** Stable id in kebab-case, used by `--only` and JUnit. */
  readonly id: string;
  readonly group: Group;
  readonly level: Level;
  /** Absent: `beside`. */
  readonly turn?: Turn;
  /** The rule as one sentence. */
  readonly title: Words;
  /** The content of the documentation, in our words. */
  readonly says: Words;
  /** The official page, and its section. */
  readonly source: string;
  /** Advice if the rule is broken. */
  readonly remedy: Words;
  /** Modes in which the rule applies. Absent: all. */
  readonly modes?: readonly Target['mode'][];
  /** True: the rule applies to servers in WeChat's cloud hosting only. */
  readonly cloudHosting?: true;
  check(probe: Probe): Promise<Finding>;
}

export type Finding =
  | { readonly type: 'holds' }
  | { readonly type: 'broken'; readonly sent: string; readonly came: Words; readonly because: Words }
  /** The responses do not allow a judgement. */
  | { readonly type: 'not-judged'; readonly because: Words };

export const applies = (
  { modes, cloudHosting }: Rule,
  target: Pick<Target, 'mode' | 'cloudHosting'>,
): boolean => (modes?.includes(target.mode) ?? true) && (cloudHosting !== true || target.cloudHosting);

export const holds: Finding = { type: 'holds' };

export const notJudged = (because: Words): Finding => ({ type: 'not-judged', because });

export const broken = (exchange: Exchange, because: Words): Finding => ({
  type: 'broken',
  sent: exchange.label,
  came: cameBack(exchange),
  because,
});

/** Describes the response in one line, unsealed. */
export function cameBack({ status, failure, errorCode, text, opened, ms }: Exchange): Words {
  if (failure !== undefined) {
    const code = errorCode === '' ? '' : ` (${errorCode})`;
    return { en: `${failure}${code} after ${ms} ms`, zh: `${FAILURES[failure]}${code}，${ms} 毫秒` };
  }
  const { en, zh } = opened === undefined ? shown(text) : sealed(opened);
  return {
    en: `status ${status ?? '-'} in ${ms} ms, ${en}`,
    zh: `状态码 ${status ?? '-'}，${ms} 毫秒，${zh}`,
  };
}

const FAILURES: Readonly<Record<NonNullable<Exchange['failure']>, string>> = {
  'no answer in time': '没有按时应答',
  'the connection broke': '连接断开',
  'no connection': '连不上',
};

const shown = (body: string): Words =>
  body === '' ? { en: 'empty body', zh: '内容为空' } : { en: quoted(body), zh: quoted(body) };

const sealed = (opened: string): Words => ({
  en: `sealed ${quoted(opened)}`,
  zh: `解密后：${quoted(opened)}`,
});

const LONGEST_SHOWN = 300;

/** A text on one line, cut where it is long. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

/** An answer as a stranger sees it, for comparisons. */
export const faceOf = ({ status, failure, text }: Exchange): string => `${failure ?? status ?? ''} ${text}`;
