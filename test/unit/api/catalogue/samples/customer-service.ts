import { toOpenId } from '../../../../../src/protocol/ids.js';
import type { Samples } from './sample.js';

const USER = toOpenId('oDF3iY9P32sK_5GgYiRkjsCo45bk');

export const messages: Samples<'messages'> = {
  send: {
    request: {
      touser: USER,
      msgtype: 'text',
      text: { content: '你好 <a href="http://www.qq.com">腾讯</a>' },
      customservice: { kf_account: 'test1@kftest' },
      aimsgcontext: { is_ai_msg: 1 },
      business_id: '7',
    },
    wire: 'POST /cgi-bin/message/custom/send',
    sent: '{"touser":"oDF3iY9P32sK_5GgYiRkjsCo45bk","msgtype":"text","text":{"content":"你好 <a href=\\"http://www.qq.com\\">腾讯</a>"},"customservice":{"kf_account":"test1@kftest"},"aimsgcontext":{"is_ai_msg":1},"business_id":"7"}',
  },
  typing: {
    request: { touser: USER, command: 'Typing', business_id: '7' },
    wire: 'POST /cgi-bin/message/custom/typing',
    sent: '{"touser":"oDF3iY9P32sK_5GgYiRkjsCo45bk","command":"Typing","business_id":"7"}',
  },
};

export const agents: Samples<'agents'> = {
  list: {
    request: {},
    wire: 'GET /cgi-bin/customservice/getkflist',
    answer: {
      kf_list: [
        {
          kf_account: 'test1@test',
          kf_headimgurl:
            'http://mmbiz.qpic.cn/mmbiz/4whpV1VZl2iccsvYbHvnphkyGtnvjfUS8Ym0GSaLic0FD3vN0V8PILcibEGb2fPfEOmw/0',
          kf_id: '1001',
          kf_nick: 'ntest1',
          kf_wx: 'kfwx1',
        },
        {
          kf_account: 'test3@test',
          kf_headimgurl: '',
          kf_id: '1003',
          kf_nick: 'ntest3',
          invite_wx: 'kfwx3',
          invite_expire_time: 123456789,
          invite_status: 'waiting',
        },
      ],
    },
  },
  online: {
    request: {},
    wire: 'GET /cgi-bin/customservice/getonlinekflist',
    text: '{"kf_online_list":[{"kf_account":"test1@test","status":1,"kf_id":1001,"accepted_case":1}]}',
    result: { kf_online_list: [{ kf_account: 'test1@test', status: 1, kf_id: '1001', accepted_case: 1 }] },
  },
  add: {
    request: { kf_account: 'test1@test', nickname: '客服1', business_id: '7' },
    wire: 'POST /customservice/kfaccount/add',
    sent: '{"kf_account":"test1@test","nickname":"客服1","business_id":"7"}',
    answer: { errcode: 0, errmsg: 'in a normal state' },
  },
  update: {
    request: { kf_account: 'test1@test', nickname: '客服2' },
    wire: 'POST /customservice/kfaccount/update',
    sent: '{"kf_account":"test1@test","nickname":"客服2"}',
  },
  remove: {
    request: { kf_account: 'test1@test' },
    wire: 'POST /customservice/kfaccount/del',
    sent: '{"kf_account":"test1@test"}',
  },
  invite: {
    request: { kf_account: 'test1@test', invite_wx: 'test_kfwx' },
    wire: 'POST /customservice/kfaccount/inviteworker',
    sent: '{"kf_account":"test1@test","invite_wx":"test_kfwx"}',
  },
};

export const sessions: Samples<'sessions'> = {
  create: {
    request: { kf_account: 'test1@test', openid: USER },
    wire: 'POST /customservice/kfsession/create',
    sent: '{"kf_account":"test1@test","openid":"oDF3iY9P32sK_5GgYiRkjsCo45bk"}',
  },
  close: {
    request: { kf_account: 'test1@test', openid: USER },
    wire: 'POST /customservice/kfsession/close',
    sent: '{"kf_account":"test1@test","openid":"oDF3iY9P32sK_5GgYiRkjsCo45bk"}',
  },
  ofUser: {
    request: { openid: USER },
    wire: 'GET /customservice/kfsession/getsession?openid=oDF3iY9P32sK_5GgYiRkjsCo45bk',
    answer: { createtime: 123456789, kf_account: 'test1@test' },
  },
  ofAgent: {
    request: { kf_account: 'test1@test' },
    wire: 'GET /customservice/kfsession/getsessionlist?kf_account=test1%40test',
    answer: {
      sessionlist: [
        { createtime: 123456789, openid: toOpenId('OPENID1') },
        { createtime: 123456789, openid: toOpenId('OPENID2') },
      ],
    },
  },
  waiting: {
    request: {},
    wire: 'GET /customservice/kfsession/getwaitcase',
    answer: {
      count: 150,
      waitcaselist: [
        { latest_time: 123456789, openid: toOpenId('OPENID1') },
        { createtime: 123456789, kf_account: '', openid: toOpenId('OPENID2') },
      ],
    },
  },
};

export const chatRecords: Samples<'chatRecords'> = {
  list: {
    request: { starttime: 987654321, endtime: 987654400, msgid: 9007199254740993n, number: 10_000 },
    wire: 'POST /customservice/msgrecord/getmsglist',
    sent: '{"starttime":987654321,"endtime":987654400,"msgid":9007199254740993,"number":10000}',
    text: '{"recordlist":[{"openid":"oDF3iY9P32sK_5GgYiRkjsCo45bk","opercode":2002,"text":"您好，客服test1为您服务。","time":1400563710,"worker":"test1@test"}],"number":1,"msgid":9007199254740995}',
    result: {
      recordlist: [
        {
          openid: USER,
          opercode: 2002,
          text: '您好，客服test1为您服务。',
          time: 1400563710,
          worker: 'test1@test',
        },
      ],
      number: 1,
      msgid: '9007199254740995',
    },
  },
};
