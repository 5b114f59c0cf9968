import { jsonBody, Refusal, textOf, type Endpoint } from './endpoint.js';

/** WeChat's addresses, and the check of the developer's server. */
export const NETWORK_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/getcallbackip',
    method: 'GET',
    daily: [5_000],
    handle: () => ({ ip_list: ['127.0.0.1', '101.226.103.0/25', '::1'] }),
  },
  {
    path: '/cgi-bin/get_api_domain_ip',
    method: 'GET',
    daily: [5_000],
    handle: () => ({ ip_list: ['127.0.0.1', '101.226.212.27'] }),
  },
  {
    path: '/cgi-bin/callback/check',
    method: 'POST',
    handle(request, state) {
      const body = jsonBody(request);
      const [action, operator] = [textOf(body, 'action'), textOf(body, 'check_operator')];
      if (!['dns', 'ping', 'all'].includes(action)) throw new Refusal(40202);
      if (!['CHINANET', 'UNICOM', 'CAP', 'DEFAULT'].includes(operator)) throw new Refusal(40203);
      if (!URL.canParse(state.account().target)) throw new Refusal(40201);
      const ip = new URL(state.account().target).hostname;
      const name = operator === 'DEFAULT' ? 'CAP' : operator;
      return {
        ...(action !== 'ping' && { dns: [{ ip, real_operator: name }] }),
        ...(action !== 'dns' && {
          ping: [{ ip, from_operator: name, package_loss: '0%', time: '0.042ms' }],
        }),
      };
    },
  },
  {
    path: '/cgi-bin/get_current_autoreply_info',
    method: 'GET',
    handle: () => ({ is_add_friend_reply_open: 0, is_autoreply_open: 0 }),
  },
];
