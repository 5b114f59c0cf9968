// Answers a location that the user picked on the map
import { defineHandler } from 'wechat-callback-server';

export default defineHandler({
  on: 'message.location',
  handle({ push, reply }) {
    const place = push.label === '' ? '这个位置' : push.label;
    return reply.text(`收到${place}：北纬 ${push.latitude.toFixed(4)}，东经 ${push.longitude.toFixed(4)}`);
  },
});
