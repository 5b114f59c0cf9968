import { whatNext } from '../api/send-policy.js';
import type { JobVerdict } from '../ports/deferred-queue.js';
import type { SendWindow, WindowChange } from '../ports/state-store.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import { fitMessages } from '../protocol/fit-messages.js';
import { toOpenId, type AccessToken } from '../protocol/ids.js';
import { deedOf, openingBy } from '../protocol/send-windows.js';
import { refusalOf } from './dead-letter.js';
import { conclude, noWindow, onAmbiguous, ROAD } from './delivery-end.js';
import { insist } from './insist.js';
import { sinceMs } from './job.js';
import { keep } from './keep.js';
import { LOOK_AGAIN_MS, LOST, type LateJob } from './late-job.js';
import { recordIntent, recordSent, replaceUnsent } from '../push-record/transitions.js';
import { lacksRight } from './road.js';
import { sendMessage } from './send-message.js';
import { TRIES_LAST_MS } from './tries.js';

/**
 * Brings the messages of a late answer on their road: one after the other through the customer-service API, in the
 * sender's lane and within the sender's window, with an intent noted durably before each; or to the shelf.
 */
export async function deliver(late: LateJob): Promise<JobVerdict> {
  const { record, account, deps } = late;
  if (record.state === 'delivering' && record.intent !== undefined)
    return onAmbiguous(late, 'its process died while the message was on its way');
  if (account.road.now === 'passive-only') return keep(late, 'the account may not send');
  const pausedMs = account.road.pausedUntilMs - deps.clock.now();
  if (pausedMs > 0) return late.giveBack(pausedMs);
  if (!(await isItsTurn(late))) return late.giveBack(LOOK_AGAIN_MS);
  const unfit = await fit(late);
  if (unfit !== undefined) return unfit;
  const { sent, unsent } = late;
  for (const [index, message] of unsent.entries()) {
    if (late.signal.aborted) return late.giveBack(0);
    const verdict = await send(late, message, sent + index);
    if (verdict !== undefined) return verdict;
  }
  return conclude(late, sent + unsent.length);
}

/** Nothing of an earlier push of the sender is under way; what has been for longer than the patience gives way. */
async function isItsTurn({ deps, name, job, signal }: LateJob): Promise<boolean> {
  const ahead = await insist(
    deps,
    name.pushId,
    () => deps.store.ahead(name.sender, name.key, deps.clock.now()),
    signal,
  );
  const nowMs = deps.clock.now();
  if (ahead === undefined) return true;
  if (nowMs - ahead.sinceMs < deps.settings.lanePatienceMs) return false;
  deps.log.warn(
    { pushId: job.pushId, ahead: ahead.key, waitedMs: nowMs - ahead.sinceMs },
    'the answer to an earlier push of this user is stuck: the later one goes first (LANE_PATIENCE_S)',
  );
  return true;
}

/** Puts the messages together so that they fit into the window. A verdict: there is no room at all. */
async function fit(late: LateJob): Promise<JobVerdict | undefined> {
  const { left } = await window(late);
  if (left === 0) return noWindow(late, 'nothing may be sent to the user now');
  const remaining = late.unsent;
  if (remaining.length <= left) return undefined;
  const fitting = fitMessages(remaining, left);
  if (fitting.left.length > 0)
    // The same part again after a crash, another one where the rest has to be cut once more.
    await late.buryPart(`left-of-${remaining.length}`, fitting.left, {
      reason: 'too_many_messages',
      road: ROAD,
      detail: `the window allows ${left} more, ${remaining.length} were to be sent`,
    });
  return (await late.change((record, me) => replaceUnsent(record, me, fitting.send))) ? undefined : LOST;
}

/** Token in hand, window spent, intent noted, message sent, result noted. `undefined`: WeChat took it. */
async function send(
  late: LateJob,
  message: CustomerServiceMessage,
  number: number,
): Promise<JobVerdict | undefined> {
  const { account } = late;
  let token: AccessToken;
  try {
    token = await account.api.tokens.get();
  } catch (error) {
    return onFailure(late, error);
  }
  if (!(await window(late, 'spend')).changed) return noWindow(late, 'the window is used up');
  if (!(await late.change(recordIntent))) return LOST;
  try {
    await sendMessage(account, toOpenId(late.job.user), message, { token });
  } catch (error) {
    return onFailure(late, error, { spent: true });
  }
  const noted = await late.change((record, me) => recordSent(record, me, number));
  return noted ? undefined : LOST;
}

async function onFailure(late: LateJob, error: unknown, { spent = false } = {}): Promise<JobVerdict> {
  const { deps, job, account, retries } = late;
  const at = { nowMs: deps.clock.now(), pushedAtMs: sinceMs(job) };
  if (lacksRight(error) && account.road.mayKeep) {
    await account.road.refused();
    return keep(late, 'the account may not send (48001)');
  }
  const next = whatNext(error, retries, at, deps.random);
  if (next.type !== 'ambiguous' && spent) {
    const isClosed = next.type === 'dead' && next.reason === 'window-closed';
    await window(late, isClosed ? 'close' : 'refund');
  }
  const refusal = refusalOf(error);
  switch (next.type) {
    case 'retry':
      deps.log.warn(
        { err: error, pushId: job.pushId, ...next.tries, afterMs: next.afterMs },
        'a late answer was not taken; it is tried again',
      );
      if (next.pausesAll === true) account.road.pausedUntilMs = deps.clock.now() + next.afterMs;
      return late.giveBack(next.afterMs, next.tries);
    case 'dead':
      return next.reason === 'window-closed'
        ? noWindow(late, next.detail, refusal)
        : late.die(next.reason, next.detail, { road: ROAD, ...refusal });
    case 'ambiguous':
      return onAmbiguous(late, next.detail);
    default:
      return next satisfies never;
  }
}

/**
 * The claim noted what the push opens, at its first try; the job knows only when the try came that wrote it. For a store
 * that forgot it is noted again, from before any try of the push, so that it never passes for a new opening.
 */
function window(
  { deps, name, push, job, signal }: LateJob,
  change?: NonNullable<WindowChange['change']>,
): Promise<SendWindow & { readonly changed: boolean }> {
  const deed = push === undefined ? undefined : deedOf(push);
  const ask = () =>
    deps.store.window({
      sender: name.sender,
      nowMs: deps.clock.now(),
      ...(change === undefined ? {} : { change }),
      ...(deed === undefined ? {} : { opened: openingBy(deed, job.receivedAtMs - TRIES_LAST_MS) }),
    });
  return insist(deps, name.pushId, ask, signal);
}
