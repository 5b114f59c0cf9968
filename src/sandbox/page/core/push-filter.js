/** Returns whether a push fits the filter of the list: a text in any of its parts, and an outcome. */
export function fitsFilter(push, { text, outcome }, name) {
  if (outcome !== '' && (push.verdict?.outcome ?? 'running') !== outcome) return false;
  const wanted = text.trim().toLowerCase();
  const parts = [name, push.kind, push.id, push.msgId ?? '', push.plainBody, push.hostile ?? ''];
  return wanted === '' || parts.some((part) => part.toLowerCase().includes(wanted));
}
