import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textPush, tryHandler } from 'wechat-callback-server/testing';
import hello from '../handlers/hello.js';

test('when somebody says hello, then they are told who they are', async () => {
  const tried = await tryHandler(hello, textPush({ content: ' Hello ', user: 'oAlice' }));
  assert.ok(tried.type === 'replied' && tried.reply.type === 'text');
  assert.equal(tried.reply.content, '你好！你的 OpenID 是 oAlice');
});

test('when they say something else, then the handler leaves it to others', async () => {
  const tried = await tryHandler(hello, textPush({ content: '再见' }));
  assert.equal(tried.type, 'not-mine');
});
