/** Adds one part of the server's data to the state. `machineMs`: the browser's clock. */
export function takePart(state, name, data, machineMs) {
  return {
    ...state,
    connection: 'open',
    lostAtMs: undefined,
    parts: { ...state.parts, [name]: data },
    ...(name === 'status' && data !== null && { clockOffsetMs: data.nowMs - machineMs }),
  };
}

/** Returns the present time by the server's clock. */
export function serverNow(state) {
  return Date.now() + state.clockOffsetMs;
}
