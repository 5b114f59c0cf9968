import { pushKinds } from '../protocol/push/push.js';
import type { Language } from '../protocol/words.js';
import { TEMPLATES } from '../sandbox/push/templates/templates.js';

/** Formats a table of every kind of push, with its name in the sandbox, if any. */
export function kindList(language: Language): string {
  const width = Math.max(...pushKinds.map((kind) => kind.length));
  return pushKinds
    .map((kind) => {
      const name = TEMPLATES.find((template) => template.kind.toLowerCase() === kind)?.[language] ?? '';
      return `${kind.padEnd(width)}  ${name}`.trimEnd();
    })
    .join('\n');
}
