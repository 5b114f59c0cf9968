import type { Clock } from '../../ports/clock.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { UnreachableKind } from '../api-error.js';
import { probe, type ProbeResult } from './probe.js';

/** The results of several probes of a host. Times are medians in ms; absent if there was no such phase. */
export interface MeasuredPoint {
  readonly url: string;
  readonly answered: number;
  /** Number of failures by kind. */
  readonly failures: Partial<Readonly<Record<UnreachableKind, number>>>;
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  readonly answerMs?: number;
  /** Everything except DNS, which happens once for many calls. */
  readonly totalMs?: number;
}

/** Probes all hosts concurrently, in several rounds. */
export async function measureAccessPoints(
  urls: readonly string[],
  rounds: number,
  deps: { readonly http: HttpClient; readonly clock: Clock },
  onRound: (done: number) => void = () => {},
): Promise<MeasuredPoint[]> {
  const results = urls.map(() => [] as ProbeResult[]);
  for (let round = 1; round <= rounds; round += 1) {
    const found = await Promise.all(urls.map((url) => probe(url, deps)));
    for (const [index, result] of found.entries()) results[index]?.push(result);
    onRound(round);
  }
  return urls.map((url, index) => summaryOf(url, results[index] ?? []));
}

/**
 * Returns the hosts in the recommended order: fewest failures first, then the fastest; unchanged if the difference is
 * negligible.
 */
export function recommendedOrder(points: readonly MeasuredPoint[]): MeasuredPoint[] {
  const left = [...points];
  const order: MeasuredPoint[] = [];
  while (left.length > 0) {
    const fewest = Math.min(...left.map(failuresOf));
    const sound = left.filter((point) => failuresOf(point) === fewest);
    const fastestMs = Math.min(...sound.map(({ totalMs = Infinity }) => totalMs));
    const next = sound.find(({ totalMs = Infinity }) => totalMs <= 1.3 * fastestMs + 10) ?? sound[0];
    if (next === undefined) break;
    order.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return order;
}

export function failuresOf({ failures }: MeasuredPoint): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

function summaryOf(url: string, results: readonly ProbeResult[]): MeasuredPoint {
  const answers = results.filter((result) => result.ok);
  const failures: Partial<Record<UnreachableKind, number>> = {};
  for (const result of results) {
    if (!result.ok) failures[result.kind] = (failures[result.kind] ?? 0) + 1;
  }
  const times = {
    dnsMs: median(answers.map(({ phases }) => phases?.dnsMs)),
    connectMs: median(answers.map(({ phases }) => phases?.connectMs)),
    tlsMs: median(answers.map(({ phases }) => phases?.tlsMs)),
    answerMs: median(answers.map(({ phases }) => phases?.answerMs)),
    totalMs: median(answers.map(({ ms }) => ms)),
  };
  return { url, answered: answers.length, failures, ...inTenths(times) };
}

const TIMES = ['dnsMs', 'connectMs', 'tlsMs', 'answerMs', 'totalMs'] as const;
type Times = { [Name in (typeof TIMES)[number]]?: number };

function inTenths(times: { readonly [Name in keyof Times]?: number | undefined }): Times {
  const rounded: Times = {};
  for (const name of TIMES) {
    const ms = times[name];
    if (ms !== undefined) rounded[name] = Math.round(ms * 10) / 10;
  }
  return rounded;
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)];
}
