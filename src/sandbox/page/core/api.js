/** The sandbox's JSON API. Whatever goes wrong arrives as an Error with a sentence for the reader. */
export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  throw new Error(answer?.error ?? `${method} ${path}: ${response.status}`);
}
