// Answers any other text: it has no `when`, so other handlers are tried first
import { defineHandler } from 'wechat-callback-server';

export default defineHandler({
  on: 'message.text',
  handle: ({ push, reply }) => (push.content === '' ? undefined : reply.text(push.content)),
});
