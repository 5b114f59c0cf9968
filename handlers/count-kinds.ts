// Watches everything and counts: how many pushes of which kind this process has seen
import { defineObserver } from '../src/index.js';

const counts = new Map<string, number>();

export default defineObserver({
  on: '*',
  observe({ push, log }) {
    const count = (counts.get(push.kind) ?? 0) + 1;
    counts.set(push.kind, count);
    log.debug({ kind: push.kind, count }, 'pushes of this kind so far');
  },
});
