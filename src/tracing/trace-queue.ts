import type { DeferredQueue } from '../ports/deferred-queue.js';
import { contextOf, traceparent, within } from './spans.js';

/**
 * Traces the writing and processing of jobs. A job carries its trace, so that a late answer joins the trace of its
 * push.
 */
export const traceQueue = (queue: DeferredQueue): DeferredQueue => ({
  put: (job, options) =>
    within('enqueue', { role: 'producer', attributes: { 'wechat.push_id': job.pushId } }, () => {
      const parent = traceparent();
      return queue.put(parent === undefined ? job : { ...job, traceparent: parent }, options);
    }),
  promote: (id) => queue.promote(id),
  remove: (id) => queue.remove(id),
  size: () => queue.size(),
  counts: () => queue.counts(),
  consume: (work, options) =>
    queue.consume(
      (job, signal) =>
        within(
          'deliver',
          { role: 'consumer', attributes: { 'wechat.push_id': job.pushId } },
          async (span) => {
            const result = await work(job, signal);
            span.setAttribute('wechat.result', result.type);
            return result;
          },
          contextOf(job.traceparent),
        ),
      options,
    ),
  close: () => queue.close(),
});
