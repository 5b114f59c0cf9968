// A picture goes back to whoever sent it: its media id can be used again for three days
import { defineHandler } from '../src/index.js';

export default defineHandler({
  on: 'message.image',
  handle: ({ push, reply }) => reply.image(push.mediaId),
});
