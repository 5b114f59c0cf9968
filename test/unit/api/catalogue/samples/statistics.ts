import type { Samples } from './sample.js';

const DAY = { begin_date: '2026-01-31', end_date: '2026-01-31' } as const;
const SENT = '{"begin_date":"2026-01-31","end_date":"2026-01-31"}';
const READS = {
  read_user: 4123,
  read_user_source: [
    { user_count: 4123, scene_desc: '全部' },
    { user_count: 3000, scene_desc: '公众号消息' },
  ],
} as const;
const REACTIONS = {
  ...READS,
  share_user: 366,
  zaikan_user: 191,
  like_user: 386,
  comment_count: 12,
  collection_user: 40,
} as const;

const of = <Line extends object>(path: string, line: Line) => ({
  request: DAY,
  wire: `POST /datacube/${path}`,
  sent: SENT,
  answer: { list: [{ ref_date: '2026-01-31', ...line }] },
});

export const statistics: Samples<'statistics'> = {
  newUsers: of('getusersummary', { user_source: 30, new_user: 12, cancel_user: 3 }),
  totalUsers: of('getusercumulate', { cumulate_user: 1217056 }),
  articleReads: of('getarticleread', { msgid: '2247490098_1', detail: READS }),
  articleShares: of('getarticleshare', { msgid: '2247490098_1', detail: { share_user: 366 } }),
  articleSummary: of('getbizsummary', {
    detail: { ...REACTIONS, redirect_ori_page_user: 7, send_page_count: 2 },
  }),
  articleDetails: of('getarticletotaldetail', {
    msgid: '2247490098_1',
    publish_type: 0 as const,
    title: '标题',
    content_url: 'https://mp.weixin.qq.com/s/x',
    detail_list: [
      {
        stat_date: '2026-01-31',
        ...REACTIONS,
        praise_money: 100,
        read_subscribe_user: 4,
        read_delivery_rate: 1,
        read_finish_rate: 1,
        read_avg_activetime: 2,
        read_jump_position: [{ position: 1, rate: 20 }],
      },
    ],
  }),
  messages: of('getupstreammsg', { msg_type: 1, msg_user: 282, msg_count: 817 }),
  messagesByHour: of('getupstreammsghour', { ref_hour: 900, msg_type: 1, msg_user: 9, msg_count: 10 }),
  messagesByWeek: of('getupstreammsgweek', { msg_type: 1, msg_user: 16, msg_count: 27 }),
  messagesByMonth: of('getupstreammsgmonth', { msg_type: 1, msg_user: 7989, msg_count: 42206 }),
  messageCounts: of('getupstreammsgdist', { count_interval: 1 as const, msg_user: 246 }),
  messageCountsByWeek: of('getupstreammsgdistweek', { count_interval: 1 as const, msg_user: 246 }),
  messageCountsByMonth: of('getupstreammsgdistmonth', { count_interval: 2 as const, msg_user: 246 }),
  callbacks: of('getinterfacesummary', {
    callback_count: 36974,
    fail_count: 67,
    total_time_cost: 14994291,
    max_time_cost: 5044,
  }),
  callbacksByHour: of('getinterfacesummaryhour', {
    ref_hour: 900,
    callback_count: 331,
    fail_count: 18,
    total_time_cost: 167870,
    max_time_cost: 5042,
  }),
};
