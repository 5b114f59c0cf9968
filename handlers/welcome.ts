// A new follower, who may have come by a QR code that says where from
import { defineHandler } from '../src/index.js';

export default defineHandler({
  on: 'event.subscribe',
  handle({ push, reply }) {
    const from = push.scene === undefined ? '' : `（来自二维码 ${push.scene}）`;
    return reply.text(`欢迎关注${from}！发送“帮助”看看我能做什么。`);
  },
});
