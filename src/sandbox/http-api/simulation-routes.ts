import { runStateCommand } from '../state-commands.js';
import { exportTranscript, importTranscript, replayTranscript } from '../transcript.js';
import { runScenario } from '../scenario/run-scenario.js';
import { readScenario } from '../scenario/scenario.js';
import { Problem } from './problem.js';
import type { Route } from './route.js';
import {
  accountChange,
  bookRequest,
  clockRequest,
  faultRequest,
  followerRequest,
  read,
  transcript,
} from './schemas.js';

/** Settings, time, faults, transcripts: what no user of WeChat could do. */
export const SIMULATION_ROUTES: readonly Route[] = [
  {
    method: 'PUT',
    path: '/api/account',
    run: ({ state, body }) => state.changeAccount(read(accountChange, body)),
  },
  {
    method: 'POST',
    path: '/api/clock',
    run: ({ sandbox, body }) => sandbox.advance(read(clockRequest, body).advanceMs),
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
    run: ({ sandbox, body }) => runScenario(sandbox, readScenario(body)),
  },
];
