// "天气 北京": the forecast, now if it is cached, else later
import { defineHandler } from 'wechat-callback-server';
import { cachedForecast, fetchForecast } from './_forecasts.js';

export default defineHandler({
  on: 'message.text',
  when: ({ content }) => /^\s*天气\s*(\S+)/.exec(content)?.[1],

  handle(ctx) {
    const known = cachedForecast(ctx.found);
    return known === undefined ? ctx.defer({ city: ctx.found }) : ctx.reply.text(known);
  },

  async later(ctx, { city }) {
    return ctx.reply.text(await fetchForecast(city, ctx.signal));
  },
});
