// Any other text: no `when`, so everybody else is asked first
import { defineHandler } from '../src/index.js';

export default defineHandler({
  on: 'message.text',
  handle: ({ push, reply }) => (push.content === '' ? undefined : reply.text(push.content)),
});
