import { firstLook } from './first-look.js';
import type { Exchange } from './exchange.js';
import { createProbe, type Probe } from './probe.js';
import type { Judged, Report, Stop } from './report.js';
import { applies, broken, cameBack, levels, notJudged, type Finding, type Rule, type Turn } from './rule.js';
import { inBoth } from '../../protocol/words.js';
import type { Target } from './target.js';

/** Number of rules checked concurrently. */
const AT_ONCE = 4;
const ASK_AGAIN_AFTER_MS = 200;

/**
 * Checks the rules that apply to the target, within its budget: the usual ones a few at a time, then those with unusual
 * requests one by one, hostile ones last. A server that dies is told from one that breaks rules: the request that
 * did it is named, and what was not judged by then stays so.
 *
 * @param onJudged  called after each rule with the number of finished rules and of all rules
 */
export async function runRules(
  rules: readonly Rule[],
  target: Target,
  onJudged: (done: number, all: number) => void = () => {},
): Promise<Report> {
  const [startMs, startedAt] = [performance.now(), new Date().toISOString()];
  const probe = createProbe(target);
  const chosen = rules.filter((rule) => applies(rule, target));
  const found = new Map<Rule, { readonly finding: Finding; readonly ms: number }>();
  const obstacle = await firstLook(probe);
  let stop = obstacle?.stop;

  async function judge(rule: Rule): Promise<void> {
    const ruleStartMs = performance.now();
    const finding = await rule.check(probe);
    // A rule that was interrupted by the end of the run says nothing about the server.
    if (probe.isOver() && finding.type !== 'holds') return;
    found.set(rule, { finding, ms: Math.round(performance.now() - ruleStartMs) });
    onJudged(found.size, chosen.length);
  }

  /** Checks rules side by side. Where one of them disturbs the server, those are judged again alone that do not hold. */
  async function judgeBeside(some: readonly Rule[]): Promise<void> {
    const [from, queue] = [probe.exchanges.length, [...some]];
    const isCalm = () => !probe.exchanges.slice(from).some(isAlarming);
    const started: Rule[] = [];
    async function work(): Promise<void> {
      while (isCalm() && !probe.isOver()) {
        const rule = queue.shift();
        if (rule === undefined) return;
        started.push(rule);
        await judge(rule);
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (isCalm()) return;
    for (const rule of started) if (found.get(rule)?.finding.type !== 'holds') found.delete(rule);
    stop ??= await lookForDeath(probe, from);
    await judgeAlone(started.filter((rule) => !found.has(rule)));
    if (stop === undefined) await judgeBeside(queue);
  }

  async function judgeAlone(some: readonly Rule[]): Promise<void> {
    for (const rule of some) {
      if (stop !== undefined || probe.isOver()) return;
      const from = probe.exchanges.length;
      await judge(rule);
      if (!probe.exchanges.slice(from).some(isAlarming)) continue;
      stop = await lookForDeath(probe, from);
      const [culprit] = suspects(probe.exchanges, from);
      if (stop !== undefined && culprit !== undefined)
        found.set(rule, {
          finding: broken(culprit, { en: 'the server died of it', zh: '服务器因此崩溃' }),
          ms: found.get(rule)?.ms ?? 0,
        });
    }
  }

  const those = (turn: Turn) => chosen.filter((rule) => (rule.turn ?? 'beside') === turn);
  if (stop === undefined) await judgeBeside(those('beside'));
  await judgeAlone(those('alone'));
  // Where a hostile request kills the server, what matters less is not judged.
  for (const level of levels) await judgeAlone(those('hostile').filter((rule) => rule.level === level));
  for (const rule of chosen)
    if (obstacle !== undefined && rule.id === 'push-accepted')
      found.set(rule, {
        finding: broken(obstacle.exchange, obstacle.stop.because),
        ms: obstacle.exchange.ms,
      });
  if (found.size < chosen.length) stop ??= TIME_OVER;
  const rest = { finding: notJudged(stop?.because ?? inBoth('')), ms: 0 };
  return {
    target,
    startedAt,
    judged: chosen.map((rule): Judged => ({ rule, ...(found.get(rule) ?? rest) })),
    ms: Math.round(performance.now() - startMs),
    ...(stop !== undefined && { stop }),
  };
}

const TIME_OVER: Stop = {
  type: 'time-over',
  because: {
    en: 'The time was over before all rules were judged: raise it with --seconds, or choose rules with --only.',
    zh: '时间用完，还有规则没有检查：用 --seconds 延长，或用 --only 选择规则。',
  },
};

/** Answers of a server that may have fallen, or of the proxy before it. */
const isAlarming = ({ failure, status = 0 }: Exchange): boolean =>
  failure === 'no connection' || failure === 'the connection broke' || (status >= 502 && status <= 504);

/** Waits a little for a server that no longer answers valid texts. */
async function lookForDeath(probe: Probe, from: number): Promise<Stop | undefined> {
  const untilMs = performance.now() + probe.target.returnsWithinMs;
  const names = suspects(probe.exchanges, from).map(({ label }) => label);
  while (!(await probe.isAlive())) {
    if (probe.isOver()) return undefined;
    const last = probe.exchanges.at(-1);
    if (performance.now() > untilMs && last !== undefined)
      return {
        type: 'died',
        because: {
          en: `The server serves no honest text any more (${cameBack(last).en}) since it was sent ${names.join(', or ')}. Look into its log, start it anew, and run again.`,
          zh: `收到${names.map((name) => `“${name}”`).join('或')}之后，服务器不再应答正常的文字（${cameBack(last).zh}）。请查看它的日志，重新启动，再检查一次。`,
        },
      };
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER_MS));
  }
  return undefined;
}

/**
 * The requests since `from` that may have felled the server: those whose connection broke and that began before one
 * found nobody, or else the last that was served. A break is often seen later than a refusal that it caused.
 */
function suspects(exchanges: readonly Exchange[], from: number): readonly Exchange[] {
  const since = exchanges.slice(from);
  const refused = since.find(({ failure }) => failure === 'no connection');
  const cut = since.filter(
    (exchange) =>
      exchange.failure === 'the connection broke' && begunAtMs(exchange) <= (refused?.endedAtMs ?? Infinity),
  );
  // One that began after the first had broken only found what that had left.
  const [firstCut] = cut;
  if (firstCut !== undefined) return cut.filter((exchange) => begunAtMs(exchange) <= firstCut.endedAtMs);
  if (refused !== undefined) return exchanges.slice(0, exchanges.indexOf(refused)).slice(-1);
  // A proxy says it with a status: the first of those that no served request follows.
  const at = exchanges.findLastIndex((exchange) => !isAlarming(exchange)) + 1;
  return exchanges.slice(at, at + 1);
}

const begunAtMs = ({ endedAtMs, ms }: Exchange): number => endedAtMs - ms;
