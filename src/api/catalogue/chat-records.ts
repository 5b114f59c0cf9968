import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';

export interface ChatRecord {
  readonly openid: OpenId;
  /** 2002 the agent sent it, 2003 the agent received it. */
  readonly opercode: number;
  readonly text: string;
  /** Unix seconds. */
  readonly time: number;
  /** The agent's `kf_account`. */
  readonly worker: string;
}

export interface ChatRecordsRequest {
  /** Unix seconds; from start to end 24 hours at most (65417). */
  readonly starttime: number;
  readonly endtime: number;
  /** Cursor: 1, then the `msgid` of the previous answer. An integer of any length: pass a text as `BigInt(text)`. */
  readonly msgid: number | bigint;
  readonly number: number;
}

/** Chat records (聊天记录) of agents. `api.all.chatRecords` iterates over the pages. */
export const chatRecords = (on: CallExecutor) => ({
  /**
   * Reads one page. There is another while `number` of the answer equals that of the request: continue with its
   * `msgid`. Refusals: 65416 parameters, 65400 not enabled. Source: 获取聊天记录.
   */
  list: endpoint<
    ChatRecordsRequest,
    { readonly recordlist: readonly ChatRecord[]; readonly number: number; readonly msgid: string }
  >(on, {
    method: 'POST',
    path: '/customservice/msgrecord/getmsglist',
    idempotent: true,
    quota: 'chat records',
    answer: ['recordlist', 'number', 'msgid'],
    ids: ['msgid'],
    limits: { number: { number: [1, 10_000] } },
  }),
});
