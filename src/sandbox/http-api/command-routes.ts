import { performAction, ActionInvalid } from '../push/user-actions.js';
import { push } from '../push/push.js';
import type { Delivery } from '../push/pusher.js';
import { replay } from '../push/replay.js';
import type { Exchange } from '../types/types.js';
import { Problem } from './problem.js';
import type { Route } from './route.js';
import { actRequest, pushRequest, read, replayRequest } from './schemas.js';

/** Routes that act as a follower, the console or the platform. */
export const COMMAND_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/push',
    run({ state, body }) {
      const request = read(pushRequest, body);
      return answer(push(state, request), request.wait);
    },
  },
  {
    method: 'POST',
    path: '/api/replay',
    run({ state, body }) {
      const request = read(replayRequest, body);
      const original = state.exchanges.get(request.exchange);
      if (original === undefined || original.kind === 'handshake') {
        throw new Problem(404, `there is no push ${request.exchange}`);
      }
      return answer(replay(state, original, request), request.wait);
    },
  },
  {
    method: 'POST',
    path: '/api/act',
    run({ state, body }) {
      const { follower, wait, ...action } = read(actRequest, body);
      try {
        return answer(performAction(state, follower, action), wait);
      } catch (error) {
        throw error instanceof ActionInvalid ? new Problem(400, error.message) : error;
      }
    },
  },
  {
    method: 'POST',
    path: '/api/handshake',
    run: async ({ state }) => ({ exchange: await state.pusher.handshake().done }),
  },
];

async function answer(
  deliveries: readonly Delivery[],
  wait: boolean | undefined,
): Promise<{ exchanges: readonly Exchange[] }> {
  if (wait !== false) return { exchanges: await Promise.all(deliveries.map(({ done }) => done)) };
  return { exchanges: deliveries.map(({ exchange }) => exchange) };
}
