import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { DeliveryEvent, DeliveryFacts } from '../../../../src/pipeline/delivery/delivery-state.js';
import type { PushRecord } from '../../../../src/push-record/push-record.js';
import {
  after,
  lost,
  NOW_MS,
  seen,
  told,
  type Happening,
} from '../../../support/cluster/delivery-decisions.js';
import { RECORDS } from '../../../support/storage/push-records.js';

const { messages } = RECORDS.inMailbox;
const queued = (over: Partial<Extract<PushRecord, { state: 'queued' }>>): PushRecord => ({
  ...RECORDS.queued,
  ...over,
});
const half = queued({ work: { type: 'messages', messages, sent: 1 } });
const task = queued({ work: { type: 'task', handler: 'h', task: {} } });
const run = queued({ work: { type: 'run' } });

const failed = (
  next: Extract<DeliveryEvent, { type: 'notSent' }>['next'],
  more: { errcode?: number; isDenied?: true } = {},
): DeliveryEvent => ({
  type: 'notSent',
  next,
  refusal: more.errcode === undefined ? {} : { errcode: more.errcode },
  isDenied: more.isDenied ?? false,
});
const again = failed({ type: 'retry', afterMs: 4_000, retries: { failures: 1, waits: 0 } });
const limited = failed({
  type: 'retry',
  afterMs: 60_000,
  retries: { failures: 0, waits: 1 },
  pausesAccount: true,
});
const ambiguous = failed({ type: 'ambiguous', detail: 'no answer' });
const windowClosed = failed(
  { type: 'dead', reason: 'window-closed', detail: 'too late' },
  { errcode: 45015 },
);
const refused = failed({ type: 'dead', reason: 'bad-request', detail: 'wrong' });
const denied = failed({ type: 'dead', reason: 'permission', detail: 'no right' }, { isDenied: true });

const mayBeSent: DeliveryEvent = { type: 'channelSeen', passiveOnly: false, pausedMs: 0 };
const laneFree: DeliveryEvent = { type: 'laneSeen' };
const behind = (waitedMs: number): DeliveryEvent => ({ type: 'laneSeen', ahead: { key: 'k', waitedMs } });
const quota = (left: number): DeliveryEvent => ({ type: 'quotaSeen', left });
const tokenReady: DeliveryEvent = { type: 'tokenReady' };
const spent: DeliveryEvent = { type: 'quotaSpent', ok: true };
const sent: DeliveryEvent = { type: 'sent' };
const stopped: DeliveryEvent = { type: 'stopped' };

/** Its messages are ours, and it is our turn. */
const toQuota: Happening[] = ['done', mayBeSent, laneFree];
const taken: Happening[] = [seen(RECORDS.queued), ...toQuota];
/** The first of its two messages is about to be sent. */
const sending: Happening[] = [...taken, quota(9), tokenReady, spent, 'done'];

type Row = [string, Partial<DeliveryFacts>, Happening[], string[]];
const check = (
  _when: string,
  facts: Partial<DeliveryFacts>,
  events: Happening[],
  expected: string[],
): void => {
  expect(told(after(facts, events))).toEqual(expected);
};

describe('given a job that came due', () => {
  test.each<Row>([
    ['nothing is known yet', {}, [], ['read']],
    ['its work is over', {}, [seen(RECORDS.answered)], ['done']],
    ['its work waits for a worker', {}, [seen(RECORDS.queued)], ['startDelivery']],
    ['the process that ran it died', {}, [seen(RECORDS.overrunning)], ['startDelivery']],
    [
      'its owner lives, and says no to a take',
      {},
      [seen(RECORDS.overrunning, false), lost],
      ['retry after 2000'],
    ],
    [
      'the job of a deferral overtook its record',
      { recordMayLagUntilMs: NOW_MS + 1 },
      [seen(RECORDS.running, false), lost],
      ['retry after 50'],
    ],
    [
      'an attempt may still come for its answer',
      { attemptsUntilMs: NOW_MS + 700 },
      [seen(RECORDS.ready)],
      ['retry after 700'],
    ],
    ['no attempt came for its answer', {}, [seen(RECORDS.ready)], ['startDelivery']],
    ['its answer is in the mailbox', {}, [seen(RECORDS.inMailbox)], ['in the mailbox for 60000']],
    [
      'its answer was in the mailbox for a day',
      { mailboxUntilMs: NOW_MS },
      [seen(RECORDS.inMailbox)],
      ['dead letter: mailbox_expired'],
    ],
    [
      'its user came for it in this very moment',
      { mailboxUntilMs: NOW_MS },
      [seen(RECORDS.inMailbox), lost],
      ['retry after 0'],
    ],
    ['the store forgot its record', {}, [seen(undefined)], ['recreate']],
    ['and an attempt was faster with a claim', {}, [seen(undefined), lost], ['retry after 2000']],
    [
      'and the push is claimed anew',
      {},
      [
        seen(undefined),
        { type: 'changed', record: { ...RECORDS.delivering, work: { type: 'run' } }, atMs: NOW_MS },
      ],
      ['run'],
    ],
    [
      'a worker died with a message on its way',
      {},
      [seen(queued({ intent: 0 })), 'done'],
      ['dead letter: unknown'],
    ],
    [
      'and a second copy is wanted',
      { onAmbiguousSend: 'resend' },
      [seen(queued({ intent: 0 })), 'done'],
      ['warnResend', 'release for 1000'],
    ],
    [
      'a worker died after its last message',
      {},
      [seen(queued({ work: { type: 'messages', messages, sent: 2 } })), 'done'],
      ['conclude'],
    ],
  ])('when %s, then what follows is right', check);
});

describe('given a job whose data the queue lost', () => {
  test.each<Row>([
    ['its owner lives', { isJobLost: true }, [seen(RECORDS.overrunning, false)], ['retry after 2000']],
    ['its work is over', { isJobLost: true }, [seen(RECORDS.delivered)], ['done']],
    ['its work waits', { isJobLost: true }, [seen(RECORDS.queued), 'done'], ['dead letter: job_lost']],
    [
      'its answer stands ready',
      { isJobLost: true, attemptsUntilMs: NOW_MS + 9 },
      [seen(RECORDS.ready)],
      ['startDelivery'],
    ],
    [
      'its answer is in the mailbox',
      { isJobLost: true },
      [seen(RECORDS.inMailbox)],
      ['dead letter: job_lost'],
    ],
    ['and it is ended', { isJobLost: true }, [seen(RECORDS.queued), 'done', 'done'], ['done']],
  ])('when %s, then what follows is right', check);
});

describe('given late work without messages', () => {
  const made = (of: Extract<DeliveryEvent, { type: 'made' }>['made']): DeliveryEvent => ({
    type: 'made',
    made: of,
  });
  const threw: DeliveryEvent = { type: 'threw' };
  const invalid: DeliveryEvent = { type: 'threw', known: { reason: 'reply_invalid', detail: 'too long' } };
  const runs = (record: PushRecord, count: number): Happening[] => [seen({ ...record, runs: count }), 'done'];
  test.each<Row>([
    ['it is taken', {}, runs(task, 0), ['run']],
    ['it makes messages', {}, [...runs(task, 0), made({ type: 'messages', messages })], ['setMessages']],
    [
      'and they are recorded',
      {},
      [...runs(task, 0), made({ type: 'messages', messages }), 'done'],
      ['askChannel'],
    ],
    [
      'and another process has it',
      {},
      [...runs(task, 0), made({ type: 'messages', messages }), lost],
      ['retry after 2000'],
    ],
    ['it makes nothing', {}, [...runs(task, 0), made({ type: 'nothing' })], ['endSilently']],
    ['and that is recorded', {}, [...runs(task, 0), made({ type: 'nothing' }), 'done'], ['done']],
    ['it defers once more', {}, [...runs(task, 0), made({ type: 'task', handler: 'h', task: 2 })], ['defer']],
    [
      'and that is recorded',
      {},
      [...runs(task, 0), made({ type: 'task', handler: 'h', task: 2 }), 'done'],
      ['retry after 0'],
    ],
    [
      'its handler is gone',
      {},
      [...runs(task, 0), made({ type: 'dead', reason: 'handler_missing', detail: '' })],
      ['dead letter: handler_missing'],
    ],
    ['`later` throws', {}, [...runs(task, 0), threw], ['release for 2000']],
    ['`later` throws for the third time', {}, [...runs(task, 2), threw], ['release for 8000']],
    ['and delays are spread', { jitter: 0.5 }, [...runs(task, 2), threw], ['release for 8800']],
    ['`later` throws for the last time', {}, [...runs(task, 4), threw], ['dead letter: later_threw']],
    ['its last reply was none', {}, [...runs(task, 4), invalid], ['dead letter: reply_invalid']],
    [
      'the task is in the job only, and it throws',
      { hasTask: true },
      [...runs(run, 0), threw],
      ['release for 2000'],
    ],
    [
      '`handle` throws, run again after a crash',
      {},
      [...runs(run, 1), threw],
      ['dead letter: handler_threw'],
    ],
    ['every process that ran it died', {}, runs(run, 5), ['dead letter: crashed_repeatedly']],
    ['its push cannot be parsed', { isReadable: false }, runs(run, 1), ['dead letter: push_unreadable']],
    ['the process stops while it runs', {}, [...runs(run, 1), stopped], ['release for 0']],
    ['and it is given back', {}, [...runs(run, 1), stopped, 'done'], ['retry after 0']],
  ])('when %s, then what follows is right', check);
});

describe('given messages of a late answer', () => {
  test.each<Row>([
    [
      'the account may not send',
      {},
      [seen(RECORDS.queued), 'done', { ...mayBeSent, passiveOnly: true }],
      ['putInMailbox'],
    ],
    [
      'and they are in the mailbox',
      {},
      [seen(RECORDS.queued), 'done', { ...mayBeSent, passiveOnly: true }, 'done'],
      ['report kept: 2', 'in the mailbox for 60000'],
    ],
    [
      'the account is paused',
      {},
      [seen(RECORDS.queued), 'done', { ...mayBeSent, pausedMs: 300 }],
      ['release for 300'],
    ],
    [
      'an earlier push is under way',
      {},
      [seen(RECORDS.queued), 'done', mayBeSent, behind(119_999)],
      ['release for 2000'],
    ],
    [
      'an earlier push is stuck',
      {},
      [seen(RECORDS.queued), 'done', mayBeSent, behind(120_000)],
      ['warnOvertakes', 'askQuota'],
    ],
    ['they fit into the quota', {}, [...taken, quota(2)], ['getToken']],
    ['they do not fit', {}, [...taken, quota(1)], ['replaceUnsent']],
    ['the process stops before one', {}, [...taken, quota(2), stopped], ['release for 0']],
    ['there is a token', {}, [...taken, quota(2), tokenReady], ['spendQuota']],
    [
      'another process used the quota up',
      {},
      [...taken, quota(2), tokenReady, { type: 'quotaSpent', ok: false }],
      ['putInMailbox'],
    ],
    ['the quota is spent', {}, [...taken, quota(2), tokenReady, spent], ['recordIntent']],
    [
      'another process took them over',
      {},
      [...taken, quota(2), tokenReady, spent, lost],
      ['retry after 2000'],
    ],
    ['the intent is recorded', {}, sending, ['send']],
    ['WeChat took the first', {}, [...sending, sent], ['recordSent']],
    ['and that is recorded', {}, [...sending, sent, 'done'], ['getToken']],
    [
      'WeChat took the last',
      {},
      [...sending, sent, 'done', tokenReady, spent, 'done', sent, 'done'],
      ['conclude'],
    ],
    [
      'and that is recorded',
      {},
      [seen(half), ...toQuota, quota(9), tokenReady, spent, 'done', sent, 'done', 'done'],
      ['report delivered: 2', 'done'],
    ],
    [
      'and another process has it',
      {},
      [seen(half), ...toQuota, quota(9), tokenReady, spent, 'done', sent, 'done', lost],
      ['report delivered: 2', 'retry after 2000'],
    ],
  ])('when %s, then what follows is right', check);

  test('when not even one text holds them, then what is left out becomes a letter of its own', () => {
    const long = Array.from(
      { length: 3 },
      () => ({ msgtype: 'text', text: { content: 'x'.repeat(2_000) } }) as const,
    );
    const work = { type: 'messages', messages: long, sent: 0 } as const;
    const decision = after({}, [seen(queued({ work })), ...toQuota, quota(1)]);
    expect(told(decision)).toEqual(['letter left-of-3: 2', 'replaceUnsent']);
  });
});

describe('given a message that WeChat did not take', () => {
  test.each<Row>([
    [
      'it is busy',
      {},
      [...sending, again],
      ['refund quota', 'warn: 1 failures, 0 waits', 'release for 4000'],
    ],
    ['and the work is given back', {}, [...sending, again, 'done'], ['overdue, retry after 4000']],
    [
      'there was no token',
      {},
      [...taken, quota(2), again],
      ['warn: 1 failures, 0 waits', 'release for 4000'],
    ],
    [
      'the account is limited',
      {},
      [...sending, limited],
      ['refund quota', 'pause account: 60000', 'warn: 0 failures, 1 waits', 'release for 60000'],
    ],
    ['nobody knows whether it arrived', {}, [...sending, ambiguous], ['dead letter: unknown']],
    [
      'and a second copy is wanted',
      { onAmbiguousSend: 'resend' },
      [...sending, ambiguous],
      ['warnResend', 'release for 1000'],
    ],
    ['it is refused', {}, [...sending, refused], ['refund quota', 'dead letter: bad-request']],
    ['and the letter is kept', {}, [...sending, refused, 'done'], ['done']],
    ['and another process has it', {}, [...sending, refused, lost], ['retry after 2000']],
    [
      'the account lacks the right (48001)',
      {},
      [...sending, denied],
      ['notePermissionDenied', 'putInMailbox'],
    ],
    ['and another process has it', {}, [...sending, denied, lost], ['retry after 0']],
    [
      'the account lacks the right that it was configured with',
      { mailboxEnabled: false },
      [...sending, denied],
      ['refund quota', 'dead letter: permission'],
    ],
    ['the window is closed', {}, [...sending, windowClosed], ['close quota', 'putInMailbox']],
    [
      'and nothing is kept',
      { mailboxEnabled: false },
      [...sending, windowClosed],
      ['close quota', 'dead letter: window-closed'],
    ],
    [
      'the window closed in the middle',
      {},
      [seen(half), ...toQuota, quota(9), tokenReady, spent, 'done', windowClosed],
      ['close quota', 'dead letter: window-closed'],
    ],
    [
      'nothing may be sent to the rest of an answer',
      {},
      [seen(queued({ replied: true })), ...toQuota, quota(0)],
      ['dead letter: window-closed'],
    ],
    [
      'nothing may be sent, and the reply to its push said only what was kept',
      {},
      [seen(queued({ replied: true, ownUnsaid: true })), ...toQuota, quota(0)],
      ['putInMailbox'],
    ],
  ])('when %s, then what follows is right', check);
});

describe('given a template in place of an answer', () => {
  const template: Partial<DeliveryFacts> = { template: 'template' };
  const notice: Partial<DeliveryFacts> = { template: 'subscription' };
  const templated: Happening[] = [...taken, quota(0), tokenReady, 'done'];
  const fifth = queued({ retries: { failures: 5, waits: 0 } });
  test.each<Row>([
    ['nothing may be sent', template, [...taken, quota(0)], ['getToken']],
    ['WeChat says so', template, [...sending, windowClosed], ['close quota', 'getToken']],
    [
      'a part of the answer was sent',
      template,
      [seen(half), ...toQuota, quota(0)],
      ['dead letter: window-closed'],
    ],
    [
      'a dead letter is tried again',
      { ...template, isRedrive: true },
      [...taken, quota(0)],
      ['putInMailbox'],
    ],
    ['there is a token', template, [...taken, quota(0), tokenReady], ['recordIntent']],
    ['its intent is recorded', template, templated, ['sendTemplate']],
    ['it was taken', template, [...templated, sent], ['conclude']],
    [
      'and that is recorded',
      template,
      [...templated, sent, 'done'],
      ['report delivered: 2 (template)', 'done'],
    ],
    ['WeChat is busy', template, [...templated, again], ['warn: 1 failures, 0 waits', 'release for 4000']],
    ['it is refused', template, [...templated, refused], ['putInMailbox']],
    [
      'it is refused, and nothing is kept',
      { ...template, mailboxEnabled: false },
      [...templated, refused],
      ['dead letter: window-closed'],
    ],
    [
      'nobody knows whether it arrived',
      template,
      [...templated, ambiguous],
      ['warn: 1 failures, 0 waits', 'release for 2000'],
    ],
    [
      'nobody knew five times',
      template,
      [seen(fifth), ...toQuota, quota(0), tokenReady, 'done', ambiguous],
      ['dead letter: unknown'],
    ],
    [
      'it is a notice, which would be seen twice',
      notice,
      [...templated, ambiguous],
      ['dead letter: unknown'],
    ],
    ['another process took it over', template, [...taken, quota(0), tokenReady, lost], ['retry after 2000']],
  ])('when %s, then what follows is right', check);

  test('when both are refused, then the letter has the words of both', () => {
    const decision = after({ ...template, mailboxEnabled: false }, [
      ...sending,
      windowClosed,
      tokenReady,
      'done',
      failed({ type: 'dead', reason: 'bad-request', detail: 'no such template' }, { errcode: 40037 }),
    ]);
    expect(decision.state.step).toMatchObject({
      cause: { detail: 'too late; and the template in its place: no such template', errcode: 40037 },
    });
  });
});

describe('given a step of which nobody knows how far it got', () => {
  test.each<Row>([
    ['the record could not be read', {}, [{ type: 'failed' }], ['abandon']],
    ['the process stops while the store is away', {}, [...sending, sent, { type: 'failed' }], ['abandon']],
  ])('when %s, then what follows is right', check);
});

describe('given the files that decide', () => {
  test.each(['decide', 'delivery-state'])(
    'when %s.ts imports, then no port, no adapter, and only types of the rest',
    (file) => {
      const source = readFileSync(`src/pipeline/delivery/${file}.ts`, 'utf8');
      const imports = [...source.matchAll(/^import (type )?[^;]*? from '([^']+)';/gm)];
      expect(imports.length).toBeGreaterThan(2);
      const pure = /^(\.\/(decide|delivery-state)|\.\.\/\.\.\/(push-record|protocol|text)\/)/;
      const offending = imports.filter(
        ([, isType, path = '']) => !pure.test(path) && (isType === undefined || /ports|adapters/.test(path)),
      );
      expect(offending.map(([line]) => line)).toEqual([]);
    },
  );
});
