// Sends a picture back to its sender: its media id is valid for three days
import { defineHandler } from 'wechat-callback-server';

export default defineHandler({
  on: 'message.image',
  handle: ({ push, reply }) => reply.image(push.mediaId),
});
