import { toOpenId } from '../../../../../src/protocol/ids.js';
import type { Samples } from './sample.js';

const USER = toOpenId('OPENID');
const TEMPLATE = 'ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY';

export const templates: Samples<'templates'> = {
  send: {
    request: {
      touser: USER,
      template_id: TEMPLATE,
      url: 'http://weixin.qq.com/download',
      miniprogram: { appid: 'xiaochengxuappid12345', pagepath: 'index?foo=bar' },
      client_msg_id: 'MSG_000001',
      data: { thing1: { value: '巧克力' }, amount2: { value: '39.8元', color: '#173177' } },
    },
    wire: 'POST /cgi-bin/message/template/send',
    sent: `{"touser":"OPENID","template_id":"${TEMPLATE}","url":"http://weixin.qq.com/download","miniprogram":{"appid":"xiaochengxuappid12345","pagepath":"index?foo=bar"},"client_msg_id":"MSG_000001","data":{"thing1":{"value":"巧克力"},"amount2":{"value":"39.8元","color":"#173177"}}}`,
    text: '{"errcode":0,"errmsg":"ok","msgid":2345678901234567890}',
    result: { msgid: '2345678901234567890' },
  },
  setIndustry: {
    request: { industry_id1: '1', industry_id2: '4' },
    wire: 'POST /cgi-bin/template/api_set_industry',
    sent: '{"industry_id1":"1","industry_id2":"4"}',
  },
  industry: {
    request: {},
    wire: 'GET /cgi-bin/template/get_industry',
    answer: {
      primary_industry: { first_class: '运输与仓储', second_class: '快递' },
      secondary_industry: { first_class: 'IT科技', second_class: '互联网|电子商务' },
    },
  },
  add: {
    request: { template_id_short: 'TM00015', keyword_name_list: ['商品名称', '价格'] },
    wire: 'POST /cgi-bin/template/api_add_template',
    sent: '{"template_id_short":"TM00015","keyword_name_list":["商品名称","价格"]}',
    answer: { errcode: 0, errmsg: 'ok', template_id: 'Doclyl5uP7Aciu-qZ7mJNPtWkbkYnWBWVja26EGbNyk' },
  },
  list: {
    request: {},
    wire: 'GET /cgi-bin/template/get_all_private_template',
    answer: {
      template_list: [
        {
          template_id: 'iPk5sOIt5X_flOVKn5GrTFpncEYTojx6ddbt8WYoV5s',
          title: '领取奖金提醒',
          primary_industry: 'IT科技',
          deputy_industry: '互联网|电子商务',
          content: '{ {result.DATA} }\n\n领奖金额:{ {withdrawMoney.DATA} }',
          example: '您已提交领奖申请\n\n领奖金额：xxxx元',
        },
      ],
    },
  },
  remove: {
    request: { template_id: 'Dyvp3-Ff0cnail_CDSzk1fIc6-9lOkxsQE7exTJbwUE' },
    wire: 'POST /cgi-bin/template/del_private_template',
    sent: '{"template_id":"Dyvp3-Ff0cnail_CDSzk1fIc6-9lOkxsQE7exTJbwUE"}',
  },
  blocked: {
    request: { tmpl_msg_id: '1', largest_id: 0, limit: 100 },
    wire: 'POST /wxa/sec/queryblocktmplmsg',
    sent: '{"tmpl_msg_id":"1","largest_id":0,"limit":100}',
    text: '{"errcode":0,"errmsg":"ok","msginfo":{"id":7,"tmpl_msg_id":"1","title":"t","content":"c","send_timestamp":1600000000,"openid":"OPENID"}}',
    result: {
      msginfo: {
        id: '7',
        tmpl_msg_id: '1',
        title: 't',
        content: 'c',
        send_timestamp: 1600000000,
        openid: USER,
      },
    },
  },
  sendOnce: {
    request: {
      touser: USER,
      template_id: TEMPLATE,
      url: 'http://weixin.qq.com',
      miniprogram: { appid: 'xiaochengxuappid12345', pagepath: 'index?foo=bar' },
      scene: '1000',
      title: '到货通知',
      data: { content: { value: '您预订的商品到了', color: '#173177' } },
    },
    wire: 'POST /cgi-bin/message/template/subscribe',
    sent: `{"touser":"OPENID","template_id":"${TEMPLATE}","url":"http://weixin.qq.com","miniprogram":{"appid":"xiaochengxuappid12345","pagepath":"index?foo=bar"},"scene":"1000","title":"到货通知","data":{"content":{"value":"您预订的商品到了","color":"#173177"}}}`,
  },
};

export const notices: Samples<'notices'> = {
  send: {
    request: {
      touser: USER,
      template_id: TEMPLATE,
      page: 'mp.weixin.qq.com',
      miniprogram: { appid: 'APPID', pagepath: 'index?foo=bar' },
      data: { name1: { value: '广州腾讯科技有限公司' } },
    },
    wire: 'POST /cgi-bin/message/subscribe/bizsend',
    sent: `{"touser":"OPENID","template_id":"${TEMPLATE}","page":"mp.weixin.qq.com","miniprogram":{"appid":"APPID","pagepath":"index?foo=bar"},"data":{"name1":{"value":"广州腾讯科技有限公司"}}}`,
  },
  addTemplate: {
    request: { tid: '401', kidList: [1, 2], sceneDesc: '测试数据' },
    wire: 'POST /wxaapi/newtmpl/addtemplate',
    sent: '{"tid":"401","kidList":[1,2],"sceneDesc":"测试数据"}',
    answer: { errcode: 0, errmsg: 'ok', priTmplId: '9Aw5ZV1j9xdWTFEkqCpZ7jWySL7aGN6rQom4gPINfJs' },
  },
  templates: {
    request: {},
    wire: 'GET /wxaapi/newtmpl/gettemplate',
    answer: {
      errcode: 0,
      errmsg: 'ok',
      data: [
        {
          priTmplId: '9Aw5ZV1j9xdWTFEkqCpZ7mIBbSC34khK55OtzUPl0rU',
          title: '报名结果通知',
          content: '会议时间:{{date2.DATA}}\n会议地点:{{thing1.DATA}}\n',
          example: '会议时间:2016年8月8日\n会议地点:TIT会议室\n',
          type: 2,
        },
      ],
    },
  },
  removeTemplate: {
    request: { priTmplId: 'wDYzYZVxobJivW9oMpSCpuvACOfJXQIoKUm0PY397Tc' },
    wire: 'POST /wxaapi/newtmpl/deltemplate',
    sent: '{"priTmplId":"wDYzYZVxobJivW9oMpSCpuvACOfJXQIoKUm0PY397Tc"}',
  },
  categories: {
    request: {},
    wire: 'GET /wxaapi/newtmpl/getcategory',
    answer: { errcode: 0, errmsg: 'ok', data: [{ id: 616, name: '公交' }] },
  },
  titles: {
    request: { ids: '2,616', start: 0, limit: 30 },
    wire: 'GET /wxaapi/newtmpl/getpubtemplatetitles?ids=2%2C616&start=0&limit=30',
    answer: {
      errcode: 0,
      errmsg: 'ok',
      count: 55,
      data: [{ tid: 99, title: '付款成功通知', type: 2, categoryId: '616' }],
    },
  },
  keywords: {
    request: { tid: '99' },
    wire: 'GET /wxaapi/newtmpl/getpubtemplatekeywords?tid=99',
    answer: {
      errcode: 0,
      errmsg: 'ok',
      data: [{ kid: 1, name: '物品名称', example: '名称', rule: 'thing' }],
    },
  },
};
