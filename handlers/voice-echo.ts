// A voice message: as text where WeChat recognised it, else as the same voice
import { defineHandler } from '../src/index.js';

export default defineHandler({
  on: 'message.voice',
  handle({ push, reply }) {
    const heard = push.recognition?.trim();
    return heard ? reply.text(`我听到：${heard}`) : reply.voice(push.mediaId);
  },
});
