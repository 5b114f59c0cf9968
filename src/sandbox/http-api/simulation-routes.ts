import { runStateCommand } from '../state-commands.js';
import { exportTranscript, importTranscript, replayTranscript } from '../transcript.js';
import { callApi } from '../scenario/call-api.js';
import { inEnglish, runScenario } from '../scenario/run-scenario.js';
import { readScenario } from '../scenario/scenario.js';
import type { SandboxState } from '../sandbox-state.js';
import type { MenuButton } from '../types/types.js';
import { Refusal } from '../wechat-api/endpoint.js';
import { linksOf } from '../wechat-api/menu-api.js';
import { readMenu } from '../wechat-api/menu-check.js';
import { Problem } from './problem.js';
import type { Route } from './route.js';
import {
  accountChange,
  bookRequest,
  callRequest,
  clockRequest,
  faultRequest,
  followerRequest,
  menuRequest,
  read,
  transcript,
} from './schemas.js';

/** Longer than any fault delays an answer. */
const CALL_LIMIT_MS = 120_000;

/** Checks a menu as `menu/create` does. @throws Problem 400 with its errcode and errmsg */
function checkedMenu(button: readonly object[], state: SandboxState): readonly MenuButton[] {
  try {
    return readMenu({ button }, linksOf(state));
  } catch (error) {
    throw error instanceof Refusal
      ? new Problem(400, `menu/create: ${error.errcode} ${error.message}`)
      : error;
  }
}

/** Routes that control the simulation: settings, time, faults, transcripts. */
export const SIMULATION_ROUTES: readonly Route[] = [
  {
    method: 'PUT',
    path: '/api/account',
    run: ({ state, body }) => state.changeAccount(read(accountChange, body)),
  },
  {
    method: 'POST',
    path: '/api/clock',
    run({ sandbox, body }) {
      const request = read(clockRequest, body);
      return 'back' in request ? sandbox.turnBack() : sandbox.advance(request.advanceMs);
    },
  },
  {
    method: 'PUT',
    path: '/api/menu',
    run({ state, body }) {
      const { button } = read(menuRequest, body);
      // An empty list takes the menu away.
      if (button.length === 0) state.menus.remove();
      else state.menus.create(checkedMenu(button, state));
      return { current: state.menus.current() };
    },
  },
  {
    method: 'POST',
    path: '/api/call',
    run: ({ sandbox, body }) => callApi(sandbox, read(callRequest, body), AbortSignal.timeout(CALL_LIMIT_MS)),
  },
  {
    method: 'POST',
    path: '/api/faults',
    run: ({ state, body }) => state.faults.add(read(faultRequest, body)),
  },
  {
    method: 'DELETE',
    path: '/api/faults',
    run({ state }) {
      state.faults.clear();
      return {};
    },
  },
  {
    method: 'DELETE',
    path: '/api/faults/{id}',
    run({ state, id }) {
      if (!state.faults.remove(id)) throw new Problem(404, `there is no fault ${id}`);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/api/book',
    run({ state, body }) {
      runStateCommand(state, read(bookRequest, body));
      return state.book();
    },
  },
  {
    method: 'POST',
    path: '/api/followers',
    run: ({ state, body }) => state.followers.add(read(followerRequest, body)),
  },
  {
    method: 'DELETE',
    path: '/api/exchanges',
    run({ state }) {
      state.exchanges.clear();
      state.chat.clear();
      state.calls.clear();
      state.bus.emit({ event: 'reset', data: {} });
      return {};
    },
  },
  {
    method: 'POST',
    path: '/api/reset',
    run({ sandbox }) {
      sandbox.reset();
      return {};
    },
  },
  {
    method: 'GET',
    path: '/api/transcript',
    run: ({ state, query }) => exportTranscript(state, query.get('follower') ?? undefined),
  },
  {
    method: 'POST',
    path: '/api/transcript',
    run: ({ state, body }) => ({ exchanges: importTranscript(state, read(transcript, body)) }),
  },
  {
    method: 'POST',
    path: '/api/transcript/replay',
    run: ({ state, body }) => replayTranscript(state, read(transcript, body)),
  },
  {
    method: 'POST',
    path: '/api/scenario',
    run: async ({ sandbox, body }) => inEnglish(await runScenario(sandbox, readScenario(body))),
  },
];
