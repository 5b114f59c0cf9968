import { toOpenId } from '../../../../../src/protocol/ids.js';
import type { Samples } from './sample.js';

const [ONE, TWO] = [toOpenId('OPENID1'), toOpenId('OPENID2')];
const ARTICLE = {
  title: '标题',
  author: '作者',
  digest: '摘要',
  content: '<p>正文</p>',
  content_source_url: 'http://example.com/',
  thumb_media_id: 'THUMB',
  need_open_comment: 0,
  only_fans_can_comment: 0,
  pic_crop_235_1: '0_0_1_0.5',
  pic_crop_1_1: '0.25_0_0.75_1',
} as const;
const KNOWN = { ...ARTICLE, url: 'http://mp.weixin.qq.com/s?__biz=x', is_deleted: false } as const;

export const mass: Samples<'mass'> = {
  sendAll: {
    request: {
      filter: { is_to_all: false, tag_id: 2 },
      mpnews: { media_id: '123dsdajkasd231jhksad' },
      msgtype: 'mpnews',
      send_ignore_reprint: 0,
      clientmsgid: 'job-1',
    },
    wire: 'POST /cgi-bin/message/mass/sendall',
    sent: '{"filter":{"is_to_all":false,"tag_id":2},"mpnews":{"media_id":"123dsdajkasd231jhksad"},"msgtype":"mpnews","send_ignore_reprint":0,"clientmsgid":"job-1"}',
    text: '{"errcode":0,"errmsg":"send job submission success","msg_id":3147483655123456789,"msg_data_id":206227730}',
    result: { msg_id: '3147483655123456789', msg_data_id: '206227730' },
  },
  send: {
    request: {
      touser: [ONE, TWO],
      msgtype: 'text',
      text: { content: 'hello from boxer.' },
      clientmsgid: 'job-2',
    },
    wire: 'POST /cgi-bin/message/mass/send',
    sent: '{"touser":["OPENID1","OPENID2"],"msgtype":"text","text":{"content":"hello from boxer."},"clientmsgid":"job-2"}',
    text: '{"errcode":0,"errmsg":"send job submission success","msg_id":34182}',
    result: { msg_id: '34182' },
  },
  preview: {
    request: { towxname: '示例的微信号', msgtype: 'image', image: { media_id: 'P' } },
    wire: 'POST /cgi-bin/message/mass/preview',
    sent: '{"towxname":"示例的微信号","msgtype":"image","image":{"media_id":"P"}}',
    text: '{"errcode":0,"errmsg":"preview success","msg_id":34182}',
    result: { msg_id: '34182' },
  },
  video: {
    request: { media_id: 'V', title: '标题', description: '简介' },
    wire: 'POST /cgi-bin/media/uploadvideo',
    sent: '{"media_id":"V","title":"标题","description":"简介"}',
    answer: {
      type: 'video',
      media_id: 'IhdaAQXuvJtGzwwc0abfXnzeezfO0NgPK6AQYShD8RQYMTtfzbLdBIQkQziv2XJc',
      created_at: 1398848981,
    },
  },
  status: {
    request: { msg_id: '201053012' },
    wire: 'POST /cgi-bin/message/mass/get',
    sent: '{"msg_id":"201053012"}',
    text: '{"msg_id":201053012,"msg_status":"SEND_SUCCESS"}',
    result: { msg_id: '201053012', msg_status: 'SEND_SUCCESS' },
  },
  remove: {
    request: { msg_id: 3147483655123456789n, article_idx: 2 },
    wire: 'POST /cgi-bin/message/mass/delete',
    sent: '{"msg_id":3147483655123456789,"article_idx":2}',
  },
  speed: {
    request: {},
    wire: 'POST /cgi-bin/message/mass/speed/get',
    sent: '{}',
    answer: { speed: 3, realspeed: 15 },
  },
  setSpeed: { request: { speed: 1 }, wire: 'POST /cgi-bin/message/mass/speed/set', sent: '{"speed":1}' },
};

export const drafts: Samples<'drafts'> = {
  add: {
    request: { articles: [ARTICLE] },
    wire: 'POST /cgi-bin/draft/add',
    sent: `{"articles":[${JSON.stringify(ARTICLE)}]}`,
    answer: { media_id: 'DRAFT' },
  },
  get: {
    request: { media_id: 'DRAFT' },
    wire: 'POST /cgi-bin/draft/get',
    sent: '{"media_id":"DRAFT"}',
    answer: { news_item: [KNOWN] },
  },
  update: {
    request: { media_id: 'DRAFT', index: 0, articles: ARTICLE },
    wire: 'POST /cgi-bin/draft/update',
    sent: `{"media_id":"DRAFT","index":0,"articles":${JSON.stringify(ARTICLE)}}`,
  },
  remove: {
    request: { media_id: 'DRAFT' },
    wire: 'POST /cgi-bin/draft/delete',
    sent: '{"media_id":"DRAFT"}',
  },
  switch: {
    request: { checkonly: 1 },
    wire: 'POST /cgi-bin/draft/switch?checkonly=1',
    answer: { is_open: 1 },
  },
  productCard: {
    request: { product_id: '10000063', article_type: 'news', card_type: 1 },
    wire: 'POST /channels/ec/service/product/getcardinfo',
    sent: '{"product_id":"10000063","article_type":"news","card_type":1}',
    answer: { product_key: 'KEY', DOM: '<mp-common-product></mp-common-product>' },
  },
  count: { request: {}, wire: 'GET /cgi-bin/draft/count', answer: { total_count: 7 } },
  list: {
    request: { offset: 0, count: 20, no_content: 0 },
    wire: 'POST /cgi-bin/draft/batchget',
    sent: '{"offset":0,"count":20,"no_content":0}',
    answer: {
      total_count: 1,
      item_count: 1,
      item: [{ media_id: 'DRAFT', content: { news_item: [KNOWN] }, update_time: 1600000000 }],
    },
  },
};

export const publications: Samples<'publications'> = {
  submit: {
    request: { media_id: 'DRAFT' },
    wire: 'POST /cgi-bin/freepublish/submit',
    sent: '{"media_id":"DRAFT"}',
    text: '{"errcode":0,"errmsg":"ok","publish_id":100000001,"msg_data_id":2247483691}',
    result: { publish_id: '100000001', msg_data_id: '2247483691' },
  },
  status: {
    request: { publish_id: '100000001' },
    wire: 'POST /cgi-bin/freepublish/get',
    sent: '{"publish_id":"100000001"}',
    answer: {
      publish_id: '100000001',
      publish_status: 0,
      article_id: 'ARTICLE_ID',
      article_detail: { count: 1, item: [{ idx: 1, article_url: 'ARTICLE_URL' }] },
      fail_idx: [],
    },
  },
  remove: {
    request: { article_id: 'ARTICLE_ID', index: 1 },
    wire: 'POST /cgi-bin/freepublish/delete',
    sent: '{"article_id":"ARTICLE_ID","index":1}',
  },
  article: {
    request: { article_id: 'ARTICLE_ID' },
    wire: 'POST /cgi-bin/freepublish/getarticle',
    sent: '{"article_id":"ARTICLE_ID"}',
    answer: { news_item: [KNOWN] },
  },
  list: {
    request: { offset: 20, count: 20, no_content: 1 },
    wire: 'POST /cgi-bin/freepublish/batchget',
    sent: '{"offset":20,"count":20,"no_content":1}',
    answer: { total_count: 0, item_count: 0, item: [] },
  },
};
