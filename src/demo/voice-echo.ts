// Answers a voice message: with its text if WeChat recognized it, else with the same voice
import { defineHandler } from 'wechat-callback-server';

export default defineHandler({
  on: 'message.voice',
  handle({ push, reply }) {
    const heard = push.recognition?.trim();
    return heard ? reply.text(`我听到：${heard}`) : reply.voice(push.mediaId);
  },
});
