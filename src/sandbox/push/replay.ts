import type { SandboxState } from '../sandbox-state.js';
import type { Exchange, PushFields, ReplayRequest } from '../types/types.js';
import { pushXml } from '../wire/push-xml.js';
import type { Delivery } from './pusher.js';
import { push } from './push.js';

/** Pushes an exchange again, byte for byte before sealing, or edited; `fresh` gives it a new MsgId and CreateTime. */
export function replay(state: SandboxState, original: Exchange, request: ReplayRequest): readonly Delivery[] {
  const { copies, hostile, fields, fresh } = request;
  const body = request.xml ?? original.plainBody;
  const renewed = fresh === true ? freshBody(body, state.clock.now()) : body;
  const xml = edited(renewed, fields ?? {});
  return push(
    state,
    {
      follower: original.follower,
      mode: original.mode,
      xml,
      ...(copies !== undefined && { copies }),
      ...(hostile !== undefined && { hostile }),
    },
    { replayOf: original.id },
  );
}

/** Replaces the values of some elements; the rest stays byte for byte. A new element is appended. */
function edited(xml: string, fields: PushFields): string {
  return Object.entries(fields).reduce((body, [name, value]) => {
    const element = pushXml({ [name]: value }).slice('<xml>'.length, -'</xml>'.length);
    const known = new RegExp(`<${name}>[^]*?</${name}>\\n?`);
    return known.test(body)
      ? body.replace(known, () => element)
      : body.replace(/<\/xml>\s*$/, () => `${element}</xml>`);
  }, xml);
}

let last = 0;

/** Returns the push as if the user repeated it now: only MsgId and CreateTime change. */
export function freshBody(xml: string, nowMs: number): string {
  const seconds = String(Math.floor(nowMs / 1_000));
  last = (last + 1) % 100_000;
  const msgId = `25${seconds.padStart(10, '0')}${String(last).padStart(5, '0')}`;
  return xml
    .replace(/(<CreateTime>)[^<]*(<\/CreateTime>)/, `$1${seconds}$2`)
    .replace(/(<MsgId>)[^<]*(<\/MsgId>)/, `$1${msgId}$2`);
}
