/** True if the answer may have reached its user. */
export function mayHaveArrived({ reason }) {
  return reason === 'unknown';
}

/** Drops the dead letters after a confirmation. */
export function askDrop(letters, actions, words) {
  actions.open({
    name: 'confirm',
    title: words.ask.dropTitle(letters.length),
    text: words.ask.dropText,
    label: words.drop,
    isDanger: true,
    work: () => actions.drop(letters),
  });
}

/** Retries the dead letters after a confirmation: a sent message cannot be taken back. */
export function askRetry(letters, actions, words) {
  actions.open({
    name: 'confirm',
    title: words.ask.retryTitle(letters.length),
    text: words.ask.retryText,
    warning: letters.some(mayHaveArrived) ? words.ask.retryUnknown : undefined,
    label: words.retry,
    isDanger: false,
    work: () => actions.retry(letters),
  });
}
