import { beijingDay } from '../state/beijing-day.js';
import type { SandboxState } from '../sandbox-state.js';
import { jsonBody, OK, Refusal, textOf, type ApiRequest, type Endpoint } from './endpoint.js';
import {
  articleFigures,
  callbacksOf,
  messagesOf,
  newUsersOf,
  senders,
  totalUsersOf,
} from './made-up-figures.js';

const DAY_MS = 86_400_000;

/** The days that are asked for, as numbers. @throws Refusal 61500 malformed, 61501 too many or not over, 61503 not counted yet */
function daysOf(request: ApiRequest, state: SandboxState, most: number): readonly number[] {
  const body = jsonBody(request);
  const [from, to] = [dayOf(textOf(body, 'begin_date')), dayOf(textOf(body, 'end_date'))];
  const today = beijingDay(state.clock.now());
  if (to === today) throw new Refusal(61503);
  if (to > today || to < from || to - from >= most) throw new Refusal(61501);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function dayOf(date: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new Refusal(61500);
  return ms / DAY_MS;
}

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Figures of `most` days at once, each line with its date. */
function figures(
  name: string,
  most: number,
  linesOf: (day: number, state: SandboxState) => readonly object[],
  more: object = {},
): Endpoint {
  return {
    path: `/datacube/${name}`,
    method: 'POST',
    handle(request, state) {
      const list = daysOf(request, state, most).flatMap((day) =>
        linesOf(day, state).map((line) => ({ ref_date: dateOf(day), ...line })),
      );
      return { ...OK, list, ...more };
    },
  };
}

const hours = Array.from({ length: 24 }, (_, hour) => hour);
const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);
const weekOf = (day: number): readonly number[] => Array.from({ length: 7 }, (_, at) => day + at);
const monthOf = (day: number): readonly number[] => Array.from({ length: 30 }, (_, at) => day + at);

const messageLine = (days: readonly number[]) => ({
  msg_type: 1,
  msg_user: Math.max(...days.map((day) => senders(day))),
  msg_count: sum(days.flatMap((day) => hours.map((hour) => messagesOf(day, hour)))),
});
const intervals = (day: number) => [
  { count_interval: 1, msg_user: senders(day) - 2 },
  { count_interval: 2, msg_user: 2 },
];
const callbackSum = (day: number) => {
  const all = hours.map((hour) => callbacksOf(day, hour));
  return {
    callback_count: sum(all.map((one) => one.callback_count)),
    fail_count: sum(all.map((one) => one.fail_count)),
    total_time_cost: sum(all.map((one) => one.total_time_cost)),
    max_time_cost: Math.max(...all.map((one) => one.max_time_cost)),
  };
};
const followers = (state: SandboxState): number => state.followers.list().length;
const isCurrent = { is_delay: false };

/** Statistics (数据统计): made up, and the same whenever they are asked for. Sums agree with their parts. */
export const STATISTICS_API: readonly Endpoint[] = [
  figures('getusersummary', 7, (day) => [{ user_source: 0, ...newUsersOf(day) }]),
  figures('getusercumulate', 7, (day, state) => [
    { cumulate_user: totalUsersOf(day, beijingDay(state.clock.now()), followers(state)) },
  ]),
  figures(
    'getarticleread',
    1,
    (day) => articleFigures(day).map(({ msgid, reads }) => ({ msgid, detail: reads })),
    isCurrent,
  ),
  figures(
    'getarticleshare',
    1,
    (day) => articleFigures(day).map(({ msgid, shares }) => ({ msgid, detail: { share_user: shares } })),
    isCurrent,
  ),
  figures(
    'getbizsummary',
    30,
    (day) =>
      articleFigures(day).map(({ total }) => ({
        detail: { ...total, redirect_ori_page_user: 1, send_page_count: 1 },
      })),
    isCurrent,
  ),
  figures(
    'getarticletotaldetail',
    1,
    (day) =>
      articleFigures(day).map(({ msgid, total }) => ({
        msgid,
        publish_type: 0,
        title: '沙箱的文章',
        content_url: 'https://mp.weixin.qq.com/s/sandbox',
        detail_list: [
          {
            stat_date: dateOf(day),
            ...total,
            praise_money: 0,
            read_subscribe_user: 1,
            read_delivery_rate: 1,
            read_finish_rate: 1,
            read_avg_activetime: 1,
            read_jump_position: [],
          },
        ],
      })),
    isCurrent,
  ),
  figures('getupstreammsg', 7, (day) => [messageLine([day])]),
  figures('getupstreammsghour', 1, (day) =>
    hours.map((hour) => ({
      ref_hour: hour * 100,
      msg_type: 1,
      msg_user: Math.min(senders(day), messagesOf(day, hour)),
      msg_count: messagesOf(day, hour),
    })),
  ),
  figures('getupstreammsgweek', 1, (day) => [messageLine(weekOf(day))]),
  figures('getupstreammsgmonth', 1, (day) => [messageLine(monthOf(day))]),
  figures('getupstreammsgdist', 15, intervals),
  figures('getupstreammsgdistweek', 15, intervals),
  figures('getupstreammsgdistmonth', 15, intervals),
  figures('getinterfacesummary', 30, (day) => [callbackSum(day)]),
  figures('getinterfacesummaryhour', 1, (day) =>
    hours.map((hour) => ({ ref_hour: hour * 100, ...callbacksOf(day, hour) })),
  ),
];
