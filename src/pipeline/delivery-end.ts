import type { JobVerdict } from '../ports/deferred-queue.js';
import type { refusalOf } from './dead-letter.js';
import { keep } from './keep.js';
import { LOST, type LateJob } from './late-job.js';
import { isReplied } from '../push-record/push-record.js';
import * as to from '../push-record/transitions.js';
import { sendTemplate } from './send-template.js';

/** The road that deliveries take. */
export const ROAD = 'customer-service';

/** All of it was taken, or the template in its place. */
export async function conclude(
  late: LateJob,
  messages: number,
  via?: 'template' | 'subscription',
): Promise<JobVerdict> {
  const { deps, job } = late;
  const made = await late.change((current, me) =>
    to.conclude(current, me, { state: 'delivered', ...(via && { via }) }),
  );
  const ms = deps.clock.now() - job.receivedAtMs;
  const channel = via ?? ROAD;
  deps.events.emit({
    type: 'delivery.ended',
    account: late.account.name,
    channel,
    result: 'delivered',
    pushId: job.pushId,
    ms,
  });
  deps.log.info(
    { stage: 'delivered', road: channel, pushId: job.pushId, handler: job.handler, messages, ms },
    'late answer delivered',
  );
  return late.end(made);
}

/**
 * The user cannot be reached until he does something. Where nobody has seen a part of the answer, a template goes in its
 * place, if there is one; else it is kept for then.
 */
export async function noWindow(
  late: LateJob,
  detail: string,
  refusal: ReturnType<typeof refusalOf> = {},
): Promise<JobVerdict> {
  const { account, job } = late;
  const isWhole = late.sent === 0 && !isReplied(late.record);
  const template = account.lateTemplate;
  // A letter that is tried again may be about the rest of an answer.
  if (!isWhole || template === undefined || job.again !== undefined)
    return leave(late, detail, refusal, isWhole);
  const outcome = await sendTemplate(late, template);
  switch (outcome.type) {
    case 'taken':
      return conclude(late, late.unsent.length, template.type);
    case 'again':
      return late.giveBack(outcome.afterMs, outcome.tries);
    case 'ambiguous':
      return onAmbiguous(late, outcome.detail);
    case 'lost':
      return LOST;
    case 'refused':
      return leave(
        late,
        `${detail}; and the ${template.type} in its place: ${outcome.detail}`,
        outcome.refusal.errcode === undefined ? refusal : outcome.refusal,
        isWhole,
      );
    default:
      return outcome satisfies never;
  }
}

function leave(
  late: LateJob,
  detail: string,
  refusal: ReturnType<typeof refusalOf>,
  isWhole: boolean,
): Promise<JobVerdict> {
  return isWhole && late.account.road.mayKeep
    ? keep(late, detail)
    : late.die('window-closed', detail, { road: ROAD, ...refusal });
}

/** Nobody knows whether WeChat took the message: configuration decides between a second copy and none. */
export async function onAmbiguous(late: LateJob, detail: string): Promise<JobVerdict> {
  const { deps, job } = late;
  if (deps.settings.onAmbiguousSend === 'drop') return late.die('unknown', detail, { road: ROAD });
  deps.log.warn({ pushId: job.pushId }, `${detail}; it is sent again (ON_AMBIGUOUS_SEND=resend)`);
  return late.giveBack(late.jittered(1_000));
}
