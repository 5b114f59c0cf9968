import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { makeServerFolder, type ServerFolder } from '../support/processes/built-server.js';
import {
  answerStream,
  answerWhole,
  chunk,
  event,
  startFakeModel,
  type Answering,
  type FakeModel,
} from '../support/app/fake-model.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import { textXml, wire } from '../support/wechat/wire-push.js';

const HANDLER = `
import { chat } from '${pathToFileURL(resolve('dist/src/language-model/chat.js')).href}';
export default {
  on: ['message.text', 'message.voice', 'message.image'],
  handle: (ctx) => ctx.reply.stream(chat(ctx, ctx.push), { markdown: true }),
};
`;
const PICTURE = 'http://mmbiz.qpic.cn/mmbiz_jpg/a/0';

/** Answers of the endpoint, in order, and the text that the user reads. */
const TURNS: readonly (readonly [Readonly<Record<string, string>>, Answering | undefined, string])[] = [
  [{ Content: '一' }, answerStream(event('<thi'), event('nk>\nA\n</think>\n\n**B**')), 'B'],
  [{ Content: '二' }, answerStream(event('A'), event('</think>B')), 'B'],
  [{ Content: '三' }, answerStream(chunk({ reasoning_content: 'A' }), event('$a\\,b$')), '$a\\,b$'],
  [
    { Content: '四' },
    answerWhole(JSON.stringify({ choices: [{ message: { content: [{ type: 'text', text: 'B' }] } }] })),
    'B',
  ],
  [{ Content: '五' }, answerStream('data: {"error":null,"choices":[{"delta":{"content":"B"}}]}\n\n'), 'B'],
  [{ Content: '六' }, answerWhole(JSON.stringify({ choices: [] })), '抱歉，我现在答不上来，请稍后再试。'],
  [{ MsgType: 'image', PicUrl: PICTURE, MediaId: 'm' }, answerStream(event('一只猫')), '一只猫'],
  [{ MsgType: 'voice', Recognition: '今天星期几', MediaId: 'm' }, answerStream(event('B')), 'B'],
  [{ Content: '【收到不支持的消息类型，暂无法显示】' }, undefined, '这种消息我还看不懂，请用文字告诉我。'],
];

let folder: ServerFolder;
let model: FakeModel;
afterEach(async () => {
  await folder.remove();
  await model.stop();
});

describe('given a server process with a language model behind it', () => {
  test('when endpoints answer in their dialects, then users read the answers, and no thinking is told again', async () => {
    const answers = TURNS.flatMap(([, answer]) => answer ?? []);
    model = await startFakeModel((response, asked) => answers[asked]?.(response, asked));
    folder = await makeServerFolder({ 'chat.mjs': HANDLER });
    const server = folder.start({
      ...UNREACHABLE_WECHAT,
      WECHAT_CIPHER_MODE: 'plaintext',
      MAX_PUSH_AGE_S: '0',
      LLM_BASE_URL: model.baseUrl,
      LLM_MODEL: 'small',
      LLM_VISION: '1',
    });
    const { port } = await server.ready();
    for (const [elements, , content] of TURNS) {
      const { query, body } = wire(textXml(elements));
      const url = `http://127.0.0.1:${port}/wechat?${new URLSearchParams(query).toString()}`;
      const response = await fetch(url, { method: 'POST', body });
      expect(await response.text()).toContain(`<Content><![CDATA[${content}]]></Content>`);
    }
    expect(await server.stop()).toBe(0);

    const told = model.asked.at(-1)?.body.messages ?? [];
    expect(told.slice(1).filter((one) => JSON.stringify(one).includes('assistant'))).toEqual(
      ['**B**', 'B', '$a\\,b$', 'B', 'B', '一只猫'].map((content) => ({ role: 'assistant', content })),
    );
    expect(JSON.stringify(told)).toContain(PICTURE);
    expect(told.at(-1)).toEqual({ role: 'user', content: '今天星期几' });
    expect(server.lines().flatMap(({ why }) => why ?? [])).toEqual([
      "the model's answer is empty (finish_reason: none)",
    ]);
  }, 180_000);
});
