import { OFFICIAL_NAMES } from './api/catalogue/official-names.js';
import { createLiveEvents, type LiveEvents } from './http/live-events.js';
import type { EventBus } from './operations/event-bus.js';
import type { OperationsView } from './operations/operations.js';
import type { ProcessList } from './operations/process-list.js';
import { newestOfEachKind, type ListedTrouble } from './operations/troubles/trouble.js';
import type { DeadLetterQueue } from './pipeline/dead-letters/dead-letter-queue.js';
import { wallTime, type Clock } from './ports/clock.js';
import type { ServerEvent } from './ports/events.js';

/** Limit of dead letters on the page; the command line shows all. */
const MAX_DEAD_LETTERS = 500;

/** Creates the parts that `GET /events` sends to the operator's page, each with its refresh interval. */
export function createOperatorView({
  status,
  operations,
  letters,
  countDeadLetters,
  processes,
  events,
  clock,
}: {
  readonly status: () => Promise<object>;
  readonly operations: OperationsView;
  readonly letters: Pick<DeadLetterQueue, 'list'>;
  /** Counts all stored dead letters. */
  readonly countDeadLetters: () => Promise<number>;
  readonly processes: Pick<ProcessList, 'read'>;
  readonly events: EventBus;
  readonly clock: Clock;
}): LiveEvents {
  const live = createLiveEvents(
    [
      { name: 'status', everyMs: 2_000, read: async () => forPage(await status(), clock) },
      { name: 'hour', everyMs: 2_000, read: () => Promise.resolve(operations.lastHour.figures()) },
      { name: 'dead-letters', everyMs: 15_000, read: readDeadLetters },
      {
        name: 'troubles',
        everyMs: 15_000,
        read: async () => newestOfEachKind(await operations.troubles()).map(named),
      },
      { name: 'processes', everyMs: 10_000, read: () => processes.read() },
    ],
    clock,
  );
  async function readDeadLetters(): Promise<object> {
    const [list, count] = await Promise.all([letters.list({}, MAX_DEAD_LETTERS), countDeadLetters()]);
    return { ...list, count };
  }
  events.listen((event) => live.touch(...changedBy(event)));
  return live;
}

function changedBy(event: ServerEvent): readonly string[] {
  switch (event.type) {
    case 'dead-letter.stored':
      return ['dead-letters', 'troubles'];
    case 'alarm.raised':
    case 'request.refused':
      return ['troubles'];
    case 'api.called':
      return event.result === 'ok' ? [] : ['troubles'];
    default:
      return [];
  }
}

/** Adds WeChat's name of the API to its path. */
function named(trouble: ListedTrouble): object {
  return trouble.sort === 'api' ? { ...trouble, name: OFFICIAL_NAMES[trouble.what] } : trouble;
}

/**
 * Removes fingerprints of secrets, which the page does not need. Adds `nowMs`, because a browser's clock may differ.
 */
function forPage(status: object, clock: Clock): object {
  const copy: Record<string, unknown> = { ...status, nowMs: wallTime(clock) };
  delete copy['probes'];
  copy['accounts'] = Array.isArray(copy['accounts'])
    ? copy['accounts'].map((account: object) => ({ ...account, fingerprints: undefined }))
    : [];
  return copy;
}
