/** Says which handler took a push and what came of it, as the server of `npm run dev` tells. */
export function handledBy({ handler, outcome }, words) {
  const came = words.serverOutcomes[outcome] ?? outcome;
  if (handler === '' && outcome === 'silent') return words.noHandlerTakes;
  return handler === '' ? words.noHandler(came) : words.byHandler(handler, came);
}
