import { endpoint, type CallExecutor } from './endpoint.js';
import type {
  ArticleDetails,
  ArticleReads,
  ArticleShares,
  ArticleSummary,
  CallbackFigures,
  Delayed,
  Figures,
  MessageCounts,
  MessageFigures,
  NewUsers,
  TotalUsers,
} from './statistics-shapes.js';

/** Days in Beijing time, `2026-01-31`, inclusive; yesterday is the last one available. */
export interface DateRange {
  readonly begin_date: string;
  readonly end_date: string;
}

const FIGURES = { method: 'POST', idempotent: true, answer: ['list'] } as const;

/**
 * WeChat's own statistics (数据统计), for verified accounts. Yesterday's are available from about 8 a.m. (61503). Refusals:
 * 61500 the date is malformed · 61501 the range is too long. What the platform no longer maintains is left out:
 * docs/api.md.
 */
export const statistics = (on: CallExecutor) => ({
  /** New and lost followers by source. 7 days at most. Source: 获取用户增减数据. */
  newUsers: endpoint<DateRange, Figures<NewUsers>>(on, { ...FIGURES, path: '/datacube/getusersummary' }),
  /** Followers on each day. 7 days at most. Source: 获取累计用户数据. */
  totalUsers: endpoint<DateRange, Figures<TotalUsers>>(on, {
    ...FIGURES,
    path: '/datacube/getusercumulate',
  }),
  /** Readers of each article on one day, from November 2025 on. Source: 获取发表内容每日阅读数据. */
  articleReads: endpoint<DateRange, Delayed<ArticleReads>>(on, {
    ...FIGURES,
    path: '/datacube/getarticleread',
  }),
  /** Shares of each article on one day. Source: 获取发表内容每日分享数据. */
  articleShares: endpoint<DateRange, Delayed<ArticleShares>>(on, {
    ...FIGURES,
    path: '/datacube/getarticleshare',
  }),
  /** Sums of all articles per day. 30 days at most. Source: 获取发表内容概况总数据. */
  articleSummary: endpoint<DateRange, Delayed<ArticleSummary>>(on, {
    ...FIGURES,
    path: '/datacube/getbizsummary',
  }),
  /** The articles of one day, with their figures on each of the 30 days after. Source: 获取发表内容发表详细数据. */
  articleDetails: endpoint<DateRange, Delayed<ArticleDetails>>(on, {
    ...FIGURES,
    path: '/datacube/getarticletotaldetail',
  }),
  /** Messages of users, by kind. 7 days at most. Source: 获取消息发送概况数据. */
  messages: endpoint<DateRange, Figures<MessageFigures>>(on, {
    ...FIGURES,
    path: '/datacube/getupstreammsg',
  }),
  /** The same by the hour, of one day. Source: 获取消息发送分时数据. */
  messagesByHour: endpoint<DateRange, Figures<MessageFigures>>(on, {
    ...FIGURES,
    path: '/datacube/getupstreammsghour',
  }),
  /** The same of a week, named by its first day. Source: 获取消息发送周数据. */
  messagesByWeek: endpoint<DateRange, Figures<MessageFigures>>(on, {
    ...FIGURES,
    path: '/datacube/getupstreammsgweek',
  }),
  /** The same of a month, named by its first day. Source: 获取消息发送月数据. */
  messagesByMonth: endpoint<DateRange, Figures<MessageFigures>>(on, {
    ...FIGURES,
    path: '/datacube/getupstreammsgmonth',
  }),
  /** Users by the number of messages that they sent. 15 days at most. Source: 获取消息发送分布数据. */
  messageCounts: endpoint<DateRange, Figures<MessageCounts>>(on, {
    ...FIGURES,
    path: '/datacube/getupstreammsgdist',
  }),
  /** The same by the week. Source: 获取消息发送分布周数据. */
  messageCountsByWeek: endpoint<DateRange, Figures<MessageCounts>>(on, {
    ...FIGURES,
    path: '/datacube/getupstreammsgdistweek',
  }),
  /** The same by the month. Source: 获取消息发送分布月数据. */
  messageCountsByMonth: endpoint<DateRange, Figures<MessageCounts>>(on, {
    ...FIGURES,
    path: '/datacube/getupstreammsgdistmonth',
  }),
  /** Pushes to our callback as WeChat counts them: number, failures, durations. 30 days at most. Source: 获取被动回复概要数据. */
  callbacks: endpoint<DateRange, Figures<CallbackFigures>>(on, {
    ...FIGURES,
    path: '/datacube/getinterfacesummary',
  }),
  /** The same by the hour, of one day. Source: 获取被动回复分布数据. */
  callbacksByHour: endpoint<DateRange, Figures<CallbackFigures>>(on, {
    ...FIGURES,
    path: '/datacube/getinterfacesummaryhour',
  }),
});
