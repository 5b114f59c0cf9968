import type { Samples } from './sample.js';

const TICKET =
  'gQH47joAAAAAAAAAASxodHRwOi8vd2VpeGluLnFxLmNvbS9xL2taZ2Z3TVRtNzJXV1Brb3ZhYmJJAAIEZ23sUwMEmm3sUw==';

export const qrCodes: Samples<'qrCodes'> = {
  create: {
    request: {
      expire_seconds: 604800,
      action_name: 'QR_STR_SCENE',
      action_info: { scene: { scene_str: '测试' } },
    },
    wire: 'POST /cgi-bin/qrcode/create',
    sent: '{"expire_seconds":604800,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"测试"}}}',
    answer: { ticket: TICKET, expire_seconds: 60, url: 'http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI' },
  },
};

export const shortKeys: Samples<'shortKeys'> = {
  create: {
    request: { long_data: 'loooooong data', expire_seconds: 86400 },
    wire: 'POST /cgi-bin/shorten/gen',
    sent: '{"long_data":"loooooong data","expire_seconds":86400}',
    answer: { errcode: 0, errmsg: 'ok', short_key: 'MLlgQkpuFRSPmdw' },
  },
  fetch: {
    request: { short_key: 'MLlgQkpuFRSPmdw' },
    wire: 'POST /cgi-bin/shorten/fetch',
    sent: '{"short_key":"MLlgQkpuFRSPmdw"}',
    answer: {
      errcode: 0,
      errmsg: 'ok',
      long_data: 'loooooong data',
      create_time: 1611047541,
      expire_seconds: 86300,
    },
  },
};

export const quotas: Samples<'quotas'> = {
  get: {
    request: { cgi_path: '/cgi-bin/message/custom/send' },
    wire: 'POST /cgi-bin/openapi/quota/get',
    sent: '{"cgi_path":"/cgi-bin/message/custom/send"}',
    answer: {
      errcode: 0,
      errmsg: 'ok',
      quota: { daily_limit: 0, used: 0, remain: 0 },
      rate_limit: { call_count: 10, refresh_second: 1 },
    },
  },
  clear: {
    request: { cgi_path: '/cgi-bin/message/custom/send' },
    wire: 'POST /cgi-bin/openapi/quota/clear',
    sent: '{"cgi_path":"/cgi-bin/message/custom/send"}',
  },
  clearAll: {
    request: { appid: 'wx0000000000000001' },
    wire: 'POST /cgi-bin/clear_quota',
    sent: '{"appid":"wx0000000000000001"}',
  },
  clearAllBySecret: {
    request: { appid: 'wx0000000000000001', appsecret: 'SECRET' },
    wire: 'POST /cgi-bin/clear_quota/v2',
    sent: '{"appid":"wx0000000000000001","appsecret":"SECRET"}',
  },
  rid: {
    request: { rid: '61725984-6126f6f9-040f19c4' },
    wire: 'POST /cgi-bin/openapi/rid/get',
    sent: '{"rid":"61725984-6126f6f9-040f19c4"}',
    answer: {
      errcode: 0,
      errmsg: 'ok',
      request: {
        invoke_time: 1635156704,
        cost_in_ms: 30,
        request_url: 'access_token=50_Im7xxxx',
        request_body: '',
        response_body:
          '{"errcode":45009,"errmsg":"reach max api daily quota limit rid: 617682e0-09059ac5-34a8e2ea"}',
        client_ip: '113.xx.70.51',
      },
    },
  },
};

export const network: Samples<'network'> = {
  callbackIps: {
    request: {},
    wire: 'GET /cgi-bin/getcallbackip',
    answer: { ip_list: ['127.0.0.1', '101.226.103.0/25'] },
  },
  apiIps: { request: {}, wire: 'GET /cgi-bin/get_api_domain_ip', answer: { ip_list: ['127.0.0.1'] } },
  check: {
    request: { action: 'all', check_operator: 'DEFAULT' },
    wire: 'POST /cgi-bin/callback/check',
    sent: '{"action":"all","check_operator":"DEFAULT"}',
    answer: {
      dns: [{ ip: '111.161.64.40', real_operator: 'UNICOM' }],
      ping: [{ ip: '111.161.64.40', from_operator: 'UNICOM', package_loss: '0%', time: '23.079ms' }],
    },
  },
};

export const autoReplies: Samples<'autoReplies'> = {
  current: {
    request: {},
    wire: 'GET /cgi-bin/get_current_autoreply_info',
    answer: {
      is_add_friend_reply_open: 1,
      is_autoreply_open: 1,
      add_friend_autoreply_info: { type: 'text', content: 'Thanks for your attention!' },
      keyword_autoreply_info: {
        list: [
          {
            rule_name: 'autoreply-news',
            create_time: 1423028166,
            reply_mode: 'reply_all',
            keyword_list_info: [{ type: 'text', match_mode: 'contain', content: 'news测试' }],
            reply_list_info: [{ type: 'text', content: '回复' }],
          },
        ],
      },
    },
  },
};
