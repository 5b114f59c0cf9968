/** How many records the page keeps, as many as the sandbox. */
const KEPT = { exchanges: 500, chat: 1000, calls: 500 };

/** What the page knows before the first answer of the sandbox. */
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

/** Lays `GET /api/state` over what is known. `machineMs`: the browser's own clock, at the answer. */
export function takeState(state, { nowMs, ...rest }, machineMs) {
  return { ...state, ...rest, ready: true, clockOffsetMs: nowMs - machineMs };
}

/** Lays one event of the stream over what is known. Events are whole values, so an event seen twice does no harm. */
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

/** The list with the record in it: in its old place if it was there, else at the end. */
function put(list, record, key, limit) {
  // New records and changes of young ones are the rule: look from the end.
  const place = list.findLastIndex((one) => one[key] === record[key]);
  if (place < 0) return [...list, record].slice(-limit);
  return list.with(place, record);
}
