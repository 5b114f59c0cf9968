import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventPush, tryHandler } from 'wechat-callback-server/testing';
import welcome from '../handlers/welcome.js';

test('when somebody follows, then they are welcomed', async () => {
  const tried = await tryHandler(welcome, eventPush('subscribe'));
  assert.ok(tried.type === 'replied' && tried.reply.type === 'text');
  assert.match(tried.reply.content, /欢迎/);
});
