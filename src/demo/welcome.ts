// Greets a new follower, who may have scanned a QR code with a scene
import { defineHandler } from 'wechat-callback-server';

export default defineHandler({
  on: 'event.subscribe',
  handle({ push, reply }) {
    const from = push.scene === undefined ? '' : `（来自二维码 ${push.scene}）`;
    return reply.text(`欢迎关注${from}！发送“帮助”看看我能做什么。`);
  },
});
