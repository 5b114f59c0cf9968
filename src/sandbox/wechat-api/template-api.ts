import type { SandboxState } from '../sandbox-state.js';
import { jsonBody, objectOf, OK, Refusal, textOf, type Endpoint } from './endpoint.js';
import { fill, later, nextMsgId, receiver, show } from './templated-send.js';
import { storeOf } from './template-store.js';

const SAME_MESSAGE_MS = 10 * 60_000;
const sent = new WeakMap<SandboxState, Map<string, { msgid: bigint; atMs: number }>>();

/** Template messages (模板消息). */
export const TEMPLATE_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/message/template/send',
    method: 'POST',
    right: 'template',
    daily: [100_000, 10_000],
    handle(request, state) {
      const body = jsonBody(request);
      const follower = receiver(state, body);
      const text = fill(storeOf(state).content(textOf(body, 'template_id')), objectOf(body, 'data'));
      const key = `${follower.openId} ${textOf(body, 'client_msg_id')}`;
      const before = textOf(body, 'client_msg_id') === '' ? undefined : sentOf(state).get(key);
      if (before !== undefined && state.clock.now() - before.atMs < SAME_MESSAGE_MS) {
        return { errcode: 0, errmsg: 'ok', msgid: before.msgid };
      }
      const msgid = nextMsgId();
      remember(state, key, msgid);
      if (!follower.refusesMessages) show(state, request, follower, 'template', text);
      const Status = follower.refusesMessages ? 'failed:user block' : 'success';
      later(state, request, follower, 'event.TEMPLATESENDJOBFINISH', { MsgID: String(msgid), Status });
      return { errcode: 0, errmsg: 'ok', msgid };
    },
  },
  {
    path: '/cgi-bin/template/get_all_private_template',
    method: 'GET',
    right: 'template',
    handle: (_request, state) => ({ template_list: storeOf(state).list() }),
  },
  {
    path: '/cgi-bin/template/api_add_template',
    method: 'POST',
    right: 'template',
    handle(request, state) {
      const short = textOf(jsonBody(request), 'template_id_short');
      if (short === '') throw new Refusal(41011);
      return { ...OK, template_id: storeOf(state).add(short) };
    },
  },
  {
    path: '/cgi-bin/template/del_private_template',
    method: 'POST',
    right: 'template',
    handle(request, state) {
      storeOf(state).remove(textOf(jsonBody(request), 'template_id'));
      return OK;
    },
  },
  {
    path: '/cgi-bin/template/get_industry',
    method: 'GET',
    right: 'template',
    handle: () => ({
      primary_industry: { first_class: 'IT科技', second_class: '互联网|电子商务' },
      secondary_industry: { first_class: '商业服务', second_class: '法律' },
    }),
  },
  { path: '/cgi-bin/template/api_set_industry', method: 'POST', right: 'template', handle: () => OK },
];

function sentOf(state: SandboxState): Map<string, { msgid: bigint; atMs: number }> {
  const known = sent.get(state) ?? new Map<string, { msgid: bigint; atMs: number }>();
  sent.set(state, known);
  return known;
}

/** Keeps the last thousand idempotency keys; older ones have expired. */
function remember(state: SandboxState, key: string, msgid: bigint): void {
  const known = sentOf(state);
  known.set(key, { msgid, atMs: state.clock.now() });
  const [oldest] = known.keys();
  if (known.size > 1_000 && oldest !== undefined) known.delete(oldest);
}
