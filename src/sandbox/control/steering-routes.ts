import { changeBook } from '../change-book.js';
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
export const STEERING_ROUTES: readonly Route[] = [
  {
    method: 'PUT',
    path: '/api/account',
    run: ({ stage, body }) => stage.changeAccount(read(accountChange, body)),
  },
  {
    method: 'POST',
    path: '/api/clock',
    run: ({ sandbox, body }) => sandbox.advance(read(clockRequest, body).advanceMs),
  },
  {
    method: 'POST',
    path: '/api/faults',
    run: ({ stage, body }) => stage.faults.add(read(faultRequest, body)),
  },
  {
    method: 'DELETE',
    path: '/api/faults',
    run({ stage }) {
      stage.faults.clear();
      return {};
    },
  },
  {
    method: 'DELETE',
    path: '/api/faults/{id}',
    run({ stage, id }) {
      if (!stage.faults.remove(id)) throw new Problem(404, `there is no fault ${id}`);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/api/book',
    run({ stage, body }) {
      changeBook(stage, read(bookRequest, body));
      return stage.book();
    },
  },
  {
    method: 'POST',
    path: '/api/followers',
    run: ({ stage, body }) => stage.followers.add(read(followerRequest, body)),
  },
  {
    method: 'DELETE',
    path: '/api/exchanges',
    run({ stage }) {
      stage.exchanges.clear();
      stage.chat.clear();
      stage.calls.clear();
      stage.bus.emit({ event: 'reset', data: {} });
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
    run: ({ stage, query }) => exportTranscript(stage, query.get('follower') ?? undefined),
  },
  {
    method: 'POST',
    path: '/api/transcript',
    run: ({ stage, body }) => ({ exchanges: importTranscript(stage, read(transcript, body)) }),
  },
  {
    method: 'POST',
    path: '/api/transcript/replay',
    run: ({ stage, body }) => replayTranscript(stage, read(transcript, body)),
  },
  {
    method: 'POST',
    path: '/api/scenario',
    run: ({ sandbox, body }) => runScenario(sandbox, readScenario(body)),
  },
];
