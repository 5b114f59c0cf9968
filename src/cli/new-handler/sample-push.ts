import type { PushKind } from '../../protocol/push/push.js';
import { TEMPLATES } from '../../sandbox/push/templates/templates.js';

/** The elements of a push of some kind, as `buildPush` takes them, and whether a reply to it can reach its user. */
export interface SamplePush {
  readonly elements: Readonly<Record<string, unknown>>;
  readonly isAnswerable: boolean;
}

/** Makes a sample of a kind, of made-up values: the sandbox's, or of a kind that it does not push the type alone. */
export function samplePush(kind: PushKind): SamplePush {
  const template = TEMPLATES.find((one) => one.kind.toLowerCase() === kind);
  const [family = '', name = ''] = (template?.kind ?? kind).split(/\.(.*)/);
  return {
    elements: { ...typeOf(family, name === 'unknown' ? 'a_new_one' : name), ...template?.fields },
    isAnswerable: template === undefined ? family !== 'info' : template.answerable !== 'no',
  };
}

function typeOf(family: string, name: string): Readonly<Record<string, string>> {
  if (family === 'event') return { MsgType: 'event', Event: name };
  return family === 'info' ? { InfoType: name } : { MsgType: name };
}
