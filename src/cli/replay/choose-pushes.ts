import { toAppId } from '../../protocol/ids.js';
import { readPush, type Push } from '../../protocol/push/push.js';
import { PushRefused } from '../../protocol/refusal.js';
import type { RecordedPush } from '../../recording/recorded-push.js';
import type { ChosenAttempt } from './chosen-attempt.js';
import { FAULTS, readRecording } from './read-recording.js';
import { ReplayStopped } from './replay-errors.js';
import type { ReplayReport } from './replay-report.js';

/**
 * Yields the attempts of a recording to send. Damaged lines go to the report.
 *
 * @throws ReplayStopped  at a damaged line, if `isStrict`
 */
export async function* choosePushes(
  file: string,
  wanted: {
    readonly key: string | undefined;
    readonly appId: string;
    /** Default: that of the first line. */
    readonly account: string | undefined;
    readonly sinceMs: number | undefined;
    readonly isStrict: boolean;
    readonly report: ReplayReport;
  },
): AsyncGenerator<ChosenAttempt> {
  const { report, sinceMs = -Infinity } = wanted;
  let { account } = wanted;
  for await (const line of readRecording(file, wanted.key)) {
    const push = 'fault' in line ? undefined : readRecordedPush(line.recorded, wanted.appId);
    if ('fault' in line || push === undefined) {
      const fault = FAULTS['fault' in line ? line.fault : 'unreadable'];
      const says = { en: `Line ${line.number} ${fault.en}.`, zh: `第 ${line.number} 行${fault.zh}。` };
      if (wanted.isStrict)
        throw new ReplayStopped({
          en: `${says.en} Without --strict it is left out.`,
          zh: `${says.zh}不加 --strict 时会跳过它。`,
        });
      report.addDamaged(says);
      continue;
    }
    const { recorded } = line;
    account ??= recorded.account;
    if (recorded.at < sinceMs) continue;
    if (recorded.account !== account) {
      report.addForeign(recorded.account);
      continue;
    }
    report.begin(recorded);
    yield { line: line.number, recorded, push, user: push.user, atMs: recorded.at };
  }
}

function readRecordedPush({ push }: RecordedPush, appId: string): Push | undefined {
  try {
    return readPush(push, toAppId(appId));
  } catch (error) {
    if (error instanceof PushRefused) return undefined;
    throw error;
  }
}
