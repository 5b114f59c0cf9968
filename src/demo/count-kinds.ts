// Observes all pushes and counts those of each kind in this process
import { defineObserver } from 'wechat-callback-server';

const counts = new Map<string, number>();

export default defineObserver({
  on: '*',
  observe({ push, log }) {
    const count = (counts.get(push.kind) ?? 0) + 1;
    counts.set(push.kind, count);
    log.debug({ kind: push.kind, count }, 'pushes of this kind so far');
  },
});
