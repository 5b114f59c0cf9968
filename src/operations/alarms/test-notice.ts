import { TEST_ALARM, type AlarmNotice } from './alarm.js';

/** Creates a notice without an alarm, to test webhooks. */
export const testNotice = (nowMs: number): AlarmNotice => ({
  phase: 'test',
  alarm: {
    alarm: TEST_ALARM,
    account: '',
    about: '',
    sinceMs: nowMs,
    count: 0,
    says: { zh: '这是一条测试告警，收到即表示配置正确', en: 'a test: nothing is wrong' },
    cure: { zh: '无需处理', en: 'no action is needed' },
  },
});
