/** Returns the present time by the sandbox's clock. */
export function sandboxNow(state) {
  return Date.now() + state.clockOffsetMs;
}
