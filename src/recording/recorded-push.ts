import { z } from 'zod';
import type { Sealer } from '../crypto/sealer.js';
import type { PlainAnswer, PushExchange } from '../ports/push-recorder.js';
import { toAppId } from '../protocol/ids.js';
import { pushId } from '../protocol/push/push-id.js';
import { keptInPush, keptInReply } from './kept-fields.js';
import { readReplyXml } from '../protocol/read-reply-xml.js';
import { renderLike, renderXml, replaceTexts } from './render-fields.js';
import type { StandIn } from './stand-in.js';

const schema = z.object({
  /** Unix ms. */
  at: z.number(),
  account: z.string(),
  /** The same for each attempt of one push. */
  id: z.string(),
  kind: z.string(),
  /** The opened body. */
  push: z.string(),
  /** Absent: the attempt was held. */
  status: z.number().exactOptional(),
  /** The decrypted answer. */
  answer: z.string().exactOptional(),
  ms: z.number(),
  /** True if texts and OpenIDs are stand-ins. */
  standIns: z.literal(true).exactOptional(),
});

/** An attempt of a push, as a line of a recording. */
export type RecordedPush = z.infer<typeof schema>;

/** Purpose of the sealer, which separates recordings from other sealed data. */
export const RECORDING_PURPOSE = 'recording';

const several = z.array(schema).min(1);
const single = schema.transform((one) => [one]);
const sealedLine = z.object({ sealed: z.string() });

/** Returns one sealed line for several attempts, with all texts: to seal each alone costs three times as much. */
export const sealedLineOf = (exchanges: readonly PushExchange[], sealer: Sealer): string =>
  JSON.stringify({ sealed: sealer.seal(exchanges.map(toRecorded)) });

/** Returns a line with personal data replaced by stand-ins. Its id is that of the changed push. */
export function standInLineOf(exchange: PushExchange, standIn: StandIn): string {
  const { appId, push, answer } = exchange;
  const event = 'event' in push ? push.event : '';
  const fields = replaceTexts(push.fields, keptInPush(push.msgType, event), standIn);
  const recorded: RecordedPush = {
    ...toRecorded({ ...exchange, answer: answer && { ...answer, body: replyOf(answer, standIn) } }),
    id: pushId(fields, toAppId(appId)),
    push: renderLike(push.raw, fields),
    standIns: true,
  };
  return JSON.stringify(recorded);
}

export type LineFault = 'unreadable' | 'sealed' | 'not-opened';

/**
 * Parses a line: one attempt, or those that were sealed together. `sealed`: it needs a key. `not-opened`: damaged, or
 * sealed with another key.
 */
export function readLine(line: string, sealer: Sealer | undefined): readonly RecordedPush[] | LineFault {
  const value = parseJson(line);
  const sealed = sealedLine.safeParse(value);
  if (sealed.success && sealer === undefined) return 'sealed';
  const opened = sealed.success ? sealer?.open(sealed.data.sealed) : value;
  if (opened === undefined) return sealed.success ? 'not-opened' : 'unreadable';
  const read = (sealed.success && Array.isArray(opened) ? several : single).safeParse(opened);
  return read.success ? read.data : 'unreadable';
}

function toRecorded({ account, push, atMs, tookMs, answer }: PushExchange): RecordedPush {
  const { id, kind, raw } = push;
  const heard = answer && { status: answer.status, answer: answer.body };
  return { at: Math.round(atMs), account, id, kind, push: raw, ...heard, ms: Math.round(tookMs) };
}

const replyOf = ({ body }: PlainAnswer, standIn: StandIn): string =>
  body.startsWith('<') ? renderXml(replaceTexts(readReplyXml(body), keptInReply, standIn)) : body;

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
