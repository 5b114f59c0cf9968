// "帮助": what this account can do
import { defineHandler, says } from 'wechat-callback-server';

const text = `你可以发送：
· 天气 北京 —— 查天气，稍后回复
· 慢 —— 看看六秒才有的答案怎样送达
· 人工 —— 转接人工客服
· 图片、语音或位置 —— 原样奉还
其他文字我会复述一遍。`;

export default defineHandler({
  on: 'message.text',
  when: says('帮助', 'help', '?', '？'),
  handle: (ctx) => ctx.reply.text(text),
});
