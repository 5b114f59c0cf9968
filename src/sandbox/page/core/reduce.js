/** Limits of the records in the page, the same as in the sandbox. */
const KEPT = { exchanges: 500, chat: 1000, calls: 500 };

/** The sandbox's first answer holds as many pushes; if there are fewer, it has no others. */
const FIRST = 50;

/** State of the page before the first response of the sandbox. */
export const EMPTY = {
  ready: false,
  clockOffsetMs: 0,
  movedMs: 0,
  account: undefined,
  accessPoints: [],
  followers: [],
  faults: [],
  markFail: { failures: 0 },
  book: { tokens: [], forcedLeft: 0, windows: [], quotas: [] },
  exchanges: [],
  chat: [],
  calls: [],
};

/** Applies the result of `GET /api/state`. `machineMs`: the browser's clock at the response. */
export function takeState(state, { nowMs, ...rest }, machineMs) {
  const hasOlder = (rest.exchanges?.length ?? 0) >= FIRST;
  return { ...state, ...rest, ready: true, hasOlder, clockOffsetMs: nowMs - machineMs };
}

/** Applies an event of the stream. Events are complete values, so a repeated event is harmless. */
export function takeEvent(state, event, data, machineMs) {
  switch (event) {
    case 'exchange':
      return { ...state, exchanges: put(state.exchanges, data, 'id', KEPT.exchanges) };
    case 'chat':
      return { ...state, chat: put(state.chat, data, 'id', KEPT.chat) };
    case 'call':
      return { ...state, calls: put(state.calls, data, 'id', KEPT.calls) };
    case 'follower':
      return { ...state, followers: put(state.followers, data, 'openId', Infinity) };
    case 'account':
    case 'faults':
    case 'book':
      return { ...state, [event]: data };
    case 'mark-fail':
      return { ...state, markFail: data };
    case 'clock':
      return { ...state, movedMs: data.movedMs, clockOffsetMs: data.nowMs - machineMs };
    default:
      return state;
  }
}

/** Returns the list with the record: at its old position, else at the end. */
function put(list, record, key, limit) {
  // Searches from the end, because most changes are about recent records.
  const place = list.findLastIndex((one) => one[key] === record[key]);
  if (place < 0) return [...list, record].slice(-limit);
  return list.with(place, record);
}
