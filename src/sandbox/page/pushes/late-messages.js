/** Returns the messages that the account sent to the follower of this push by API. */
export function lateMessages(state, push) {
  return state.chat.filter((item) => item.exchange === push.id && item.afterMs !== undefined);
}
