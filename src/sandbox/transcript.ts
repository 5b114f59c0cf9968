import { isDeepStrictEqual } from 'node:util';
import { readLoosely } from './push/prepare.js';
import { push } from './push/push.js';
import { freshBody } from './push/replay.js';
import type { SandboxState } from './sandbox-state.js';
import type { Exchange, Transcript, TranscriptEntry, TranscriptReport, Verdict } from './types/types.js';

/** Exports pushes and their responses. Copies, handshakes and running exchanges are left out. */
export function exportTranscript(state: SandboxState, follower: string | undefined): Transcript {
  const told = state.exchanges
    .list()
    .filter((exchange) => exchange.kind !== 'handshake' && exchange.copyOf === undefined)
    .filter((exchange) => follower === undefined || exchange.follower === follower);
  const firstAtMs = told[0]?.atMs ?? 0;
  return {
    format: 'wechat-callback-sandbox/1',
    savedAtMs: state.clock.now(),
    exchanges: told.flatMap(({ verdict, ...exchange }) =>
      verdict === undefined
        ? []
        : [
            {
              kind: exchange.kind,
              follower: exchange.follower,
              mode: exchange.mode,
              plainBody: exchange.plainBody,
              ...(exchange.hostile !== undefined && { hostile: exchange.hostile }),
              afterMs: exchange.atMs - firstAtMs,
              verdict: essence(verdict),
            },
          ],
    ),
  };
}

/** Imports a saved transcript: its entries become finished exchanges without attempts. */
export function importTranscript(
  state: SandboxState,
  { savedAtMs, exchanges }: Transcript,
): readonly Exchange[] {
  return exchanges.map((entry) => {
    const fields = readLoosely(entry.plainBody);
    const atMs = savedAtMs + entry.afterMs;
    const msgId = fields['MsgId'];
    const exchange: Exchange = {
      id: state.exchanges.nextId(),
      atMs,
      kind: entry.kind,
      follower: entry.follower,
      mode: entry.mode,
      ...(typeof msgId === 'string' && { msgId }),
      ...(entry.hostile !== undefined && { hostile: entry.hostile }),
      createTime: Number(fields['CreateTime'] ?? 0),
      plainBody: entry.plainBody,
      tries: [],
      state: 'done',
      verdict: { ...entry.verdict, zh: '来自记录', en: 'From a transcript', atMs },
    };
    state.exchanges.put(exchange);
    state.bus.emit({ event: 'exchange', data: exchange });
    return exchange;
  });
}

/** Pushes every entry again as a new push, in order, and compares the verdicts with the recorded ones. */
export async function replayTranscript(
  state: SandboxState,
  { exchanges }: Transcript,
): Promise<TranscriptReport> {
  const entries: TranscriptReport['entries'][number][] = [];
  for (const entry of exchanges) {
    const [delivery] = push(state, {
      follower: entry.follower,
      mode: entry.mode,
      xml: freshBody(entry.plainBody, state.clock.now()),
      ...(entry.hostile !== undefined && { hostile: entry.hostile }),
    });
    if (delivery === undefined) continue;
    const { id, verdict } = await delivery.done; // in order, as recorded
    const actual = verdict === undefined ? { outcome: 'not-sent' as const } : essence(verdict);
    entries.push({
      kind: entry.kind,
      passed: isDeepStrictEqual(actual, entry.verdict),
      expected: entry.verdict,
      actual,
      exchange: id,
    });
  }
  const passed = entries.filter((entry) => entry.passed).length;
  return { passed, failed: entries.length - passed, entries };
}

function essence({ outcome, cause, reply }: Verdict): TranscriptEntry['verdict'] {
  return { outcome, ...(cause !== undefined && { cause }), ...(reply !== undefined && { reply }) };
}
