// Answers a menu button of type "click"; the keys are those of the menu file
import { defineHandler } from 'wechat-callback-server';

const answers: ReadonlyMap<string, string> = new Map([
  ['V1001_GOOD', '谢谢你的赞！'],
  ['V1001_TODAY_MUSIC', '今天推荐《茉莉花》。'],
]);

export default defineHandler({
  on: 'event.click',
  handle: ({ push, reply }) => reply.text(answers.get(push.key) ?? `这个按钮（${push.key}）还没有内容。`),
});
