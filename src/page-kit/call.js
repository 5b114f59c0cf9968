/**
 * Requests our own JSON API. Every failure is an Error with a sentence for the reader; `status` is that of the
 * response, if there was one, and `code` its error code. It is given up after `limitMs`, if that is given.
 */
export async function call(method, path, body, limitMs) {
  const response = await fetch(path, {
    method,
    ...(limitMs === undefined ? {} : { signal: AbortSignal.timeout(limitMs) }),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  const sentence = answer?.message ?? answer?.error ?? `${method} ${path}: ${response.status}`;
  throw Object.assign(new Error(sentence), { status: response.status, code: answer?.error });
}
