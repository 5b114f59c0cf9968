/** What the account sent later, by a call of the API, to the follower of this push. */
export function lateMessages(state, push) {
  return state.chat.filter((item) => item.exchange === push.id && item.afterMs !== undefined);
}
