import { describe, expect, test } from '@jest/globals';
import countKinds from '../../../src/demo/count-kinds.js';
import { loadHandlers } from '../../../src/handler-runtime/load-handlers.js';
import { createRouter } from '../../../src/handler-runtime/router.js';
import { buildPush, eventPush, textPush, tryObserver, type Push } from '../../../src/index.js';
import { captureLog } from '../../support/app/handler-runtime.js';

describe('given the folder of examples', () => {
  test.each<[Push, string | undefined]>([
    [textPush({ content: '帮助' }), 'help'],
    [textPush({ content: '天气 北京' }), 'weather'],
    [textPush({ content: '慢' }), 'slow'],
    [textPush({ content: 'slow 8' }), 'slow'],
    [textPush({ content: '人工' }), 'staff'],
    [textPush({ content: '你好' }), 'echo'],
    [buildPush({ MsgType: 'image' }), 'image-echo'],
    [buildPush({ MsgType: 'voice' }), 'voice-echo'],
    [buildPush({ MsgType: 'location' }), 'location'],
    [eventPush('subscribe'), 'welcome'],
    [eventPush('CLICK'), 'menu'],
    [eventPush('unsubscribe'), undefined],
  ])('when it is loaded, then each push finds its handler', async (push, name) => {
    const { handlers, observers } = await loadHandlers('src/demo', { log: captureLog() });
    const router = createRouter(handlers, observers);
    expect(router.route(push, 'default')?.handler.name).toBe(name);
    expect(router.observers(push, 'default').map((observer) => observer.name)).toEqual(['count-kinds']);
  });
});

describe('given the observer that counts', () => {
  test('when pushes of a kind come, then it counts them one by one', async () => {
    const log = captureLog();
    await tryObserver(countKinds, eventPush('VIEW'), { log });
    await tryObserver(countKinds, eventPush('VIEW'), { log });
    expect(log.lines.map(({ fields }) => fields)).toEqual([
      { kind: 'event.view', count: 1 },
      { kind: 'event.view', count: 2 },
    ]);
  });
});
