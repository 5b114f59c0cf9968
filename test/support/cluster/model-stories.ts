import * as fc from 'fast-check';
import { isReplied } from '../../../src/push-record/push-record.js';
import { ANSWER, END, keyOf } from './model-push.js';
import type { Behaviour, SendTrouble, Story, Trouble } from './model-story.js';
import { MAX_STEPS, ModelWorld, type Heard } from './model-world.js';
import { tableOf } from './story-table.js';

const ms = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });

/** Times around decisions: the write of the job, the deadline, WeChat's timeout. */
const moment = fc.oneof(
  { weight: 3, arbitrary: ms(9_000) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 3_400, 4_500, 5_000), ms(120))
      .map(([at, off]) => Math.max(0, at + off - 60)),
  },
);

const anyBehaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.record({
    type: fc.constantFrom(
      'replies' as const,
      'replies' as const,
      'writes at length' as const,
      'says nothing' as const,
      'throws' as const,
    ),
    afterMs: moment,
  }),
  fc.record({ type: fc.constant('defers' as const), afterMs: moment, laterMs: ms(3_000) }),
  fc.record({
    type: fc.constant('streams' as const),
    atMs: fc.array(moment, { minLength: 1, maxLength: 4 }).map((list) => list.sort((a, b) => a - b)),
  }),
);

const PROCESSES = 3;
const process = ms(PROCESSES - 1);
const attempt = fc.record({
  process,
  bodyMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: ms(4_400) }),
});

const anyTime = fc.oneof({ weight: 4, arbitrary: ms(16_000) }, { weight: 1, arbitrary: ms(60_000) });
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({
    type: fc.constantFrom('freeze' as const, 'lose answers' as const),
    atMs: anyTime,
    forMs: fc.oneof(ms(1_200, 20), ms(6_000, 20)),
  }),
  fc.record({ type: fc.constant('slow' as const), atMs: ms(12_000), forMs: ms(6_000), byMs: ms(700) }),
  fc.record({
    type: fc.constant('pause' as const),
    atMs: anyTime,
    forMs: fc.oneof(ms(1_500), ms(9_000)),
    process,
  }),
  fc.record({ type: fc.constantFrom('crash' as const, 'stop' as const), atMs: anyTime, process }),
  fc.record({ type: fc.constant('offer jobs again' as const), atMs: ms(9_000) }),
);

export const anyStory: fc.Arbitrary<Story> = fc.record({
  channel: fc.oneof(
    { weight: 4, arbitrary: fc.constant('customer-service' as const) },
    { weight: 1, arbitrary: fc.constant('passive-only' as const) },
  ),
  clocks: fc.array(
    fc.oneof({ weight: 3, arbitrary: ms(200, -200) }, { weight: 1, arbitrary: ms(3_000, -3_000) }),
    {
      minLength: PROCESSES,
      maxLength: PROCESSES,
    },
  ),
  latencies: fc.array(ms(40, 1), { minLength: 1, maxLength: 7 }),
  pushes: fc.array(
    fc.record(
      {
        atMs: fc.oneof(
          { weight: 4, arbitrary: ms(4_000, 200) },
          { weight: 1, arbitrary: ms(60_000, 17_000) },
        ),
        behaviour: anyBehaviour,
        attempts: fc.array(attempt, { minLength: 3, maxLength: 3 }),
        twin: attempt,
      },
      { requiredKeys: ['atMs', 'behaviour', 'attempts'] },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  troubles: fc.array(trouble, { maxLength: 3 }),
  sends: fc.array(
    fc.record({
      number: ms(5, 1),
      is: fc.constantFrom(
        'unanswered' as const,
        'taken, and its server dies' as const,
        'busy' as const,
        'window closed' as const,
        'no right' as const,
      ),
    }),
    { maxLength: 2 },
  ),
});

/** True if a process may have counted as dead, so that its runs were repeated. */
function mayRunAgain({ troubles, clocks, sends }: Story): boolean {
  const skew = Math.max(...clocks) - Math.min(...clocks);
  return (
    skew > 700 ||
    sends.some(({ is }) => is === 'taken, and its server dies') ||
    troubles.some(
      (one) =>
        one.type === 'crash' ||
        one.type === 'stop' ||
        ('forMs' in one && one.forMs > (one.type === 'slow' ? 1_000 : 600)),
    )
  );
}

/**
 * A process without the store may say `success` unconfirmed; if it then dies, another process runs the push again. A
 * process that only stalls reads the record afterwards, so attempts get one answer.
 */
const mayHearTwo = (story: Story): boolean =>
  mayRunAgain({ ...story, troubles: story.troubles.filter(({ type }) => type !== 'pause') });

/** Checks the promises that hold in every story. Returns those that are broken. */
export async function broken(
  story: Story,
  { traced = false } = {},
): Promise<{ wrong: string[]; world: ModelWorld }> {
  const world = new ModelWorld(story, { traced });
  await world.run();
  const wrong: string[] = [];
  const letters = await world.store.deadLetters(100);
  const exempt = mayRunAgain(story);
  const troubled = (is: SendTrouble['is']): boolean => story.sends.some((one) => one.is === is);
  /** Only a lost answer of WeChat's makes a message ambiguous. */
  const mayBeUnknown =
    troubled('unanswered') || exempt || story.troubles.some(({ type }) => type !== 'offer jobs again');
  /** All that users saw in replies: what was kept comes with the answer to another push. */
  const replies = world.heard.flatMap(({ accepted, body }) => (accepted ? [body] : [])).join();
  /** Why an answer may end as a dead letter. One of which nothing was seen is kept rather. */
  const mayDie = (
    reason: string,
    { behaviour, wasSeen }: { readonly behaviour: Behaviour; readonly wasSeen: boolean },
  ): boolean =>
    (reason === 'unknown' && mayBeUnknown) ||
    (reason === 'handler_threw' && behaviour.type === 'throws') ||
    (reason === 'window-closed' && troubled('window closed') && wasSeen);
  if (world.steps > MAX_STEPS) wrong.push('it does not end');
  for (const [push, { behaviour }] of story.pushes.entries()) {
    const say = (what: string): void => void wrong.push(`push ${push}: ${what}`);
    const heard = world.heard.filter((one) => one.push === push);
    const answers = heard.filter(({ status }) => status === 200);
    const accepted = answers.filter((one) => one.accepted);
    const texts = world.delivered.filter((one) => one.push === push).map(({ content }) => content);
    const dead = letters.filter(({ push: xml }) => xml.includes(`<Content><![CDATA[${push}]]>`));
    const runs = world.runs[push] ?? 0;
    const record = world.recordOf(push);

    const { attempts, twin } = story.pushes[push]!;
    const bodyMs = Math.max(...[...attempts, ...(twin === undefined ? [] : [twin])].map((one) => one.bodyMs));
    const limitMs = Math.max(4_500 + 260, bodyMs + 410) + lateness(story);
    for (const { atMs } of heard) if (atMs > limitMs) say(`P1: answered after ${atMs} ms`);
    for (const one of answers)
      if (one.body === 'success' && !isBehind(one)) say('P2: "success" with nothing behind it');
    if (!exempt && runs > 1) say(`P3: ran ${runs} times`);
    const lateRuns = world.lateRuns[push] ?? 0;
    if (!exempt && lateRuns > 1) say(`P3: \`later\` ran ${lateRuns} times`);
    // A server that stalls longer than WeChat waits answers no attempt.
    const differ = new Set((exempt ? accepted : answers).map(({ body }) => body)).size > 1;
    if (!mayHearTwo(story) && differ) say('P3: attempts heard different things');

    const isSilent = behaviour.type === 'says nothing' || behaviour.type === 'throws';
    const isAnswered = replies.includes(`${ANSWER} #${push}`) || replies.includes(`#${push} ${ANSWER}`);
    const isKept = record?.state === 'inMailbox';
    if (accepted.length > 0 && !isSilent && !isAnswered && texts.length === 0 && dead.length === 0 && !isKept)
      say('P4: accepted, and nothing came of it');
    if (accepted.length > 0 && behaviour.type === 'writes at length' && dead.length === 0 && !isKept) {
      if (!`${replies}${texts.join()}`.includes(`${END} #${push}`))
        say('P4: the end of a long answer got lost');
    }
    if (new Set(texts).size < texts.length) say('P4: a message was sent twice');
    const said = world.heard.filter((one) => one.accepted && one.body.includes(`${ANSWER} #${push}`));
    const isOnePiece = behaviour.type === 'replies' || behaviour.type === 'defers';
    if (isOnePiece && new Set(said.map((one) => one.push)).size > 1)
      say('P4: replies to two pushes said its answer');
    const isWhole = texts.some((text) => behaviour.type !== 'streams' && text.includes(ANSWER));
    if (isAnswered && isWhole && !exempt) say('P4: the answer came in time and late');
    // A reply in the record may have been sent to a closed connection.
    const wasSeen = texts.length > 0 || (record !== undefined && isReplied(record));
    for (const { reason } of dead)
      if (
        !mayDie(reason, {
          behaviour,
          wasSeen,
        })
      )
        say(`P4: dead letter ${reason}`);

    if (record !== undefined && story.channel === 'customer-service' && accepted.length > 0) {
      const open = ['overrunning', 'queued', 'delivering', 'ready', 'running'];
      if (open.includes(record.state)) say(`P4: it is still ${record.state}`);
    }
  }
  if (story.channel === 'customer-service') {
    const isWell = (server: number): boolean =>
      !world.died.has(server) && !story.troubles.some((one) => 'process' in one && one.process === server);
    for (const waits of world.unanswered)
      if (isWell(waits.process)) wrong.push(`push ${waits.push}: P1: an attempt was never answered`);
    const left = world.jobsLeft();
    if (left.length > 0) wrong.push(`a job is left: ${left.join()}`);
    const places = world.delivered.map(({ push }) => world.lane.indexOf(keyOf(push)));
    const isInOrder = places.every((place, index) => index === 0 || place >= places[index - 1]!);
    if (!exempt && !isInOrder) wrong.push(`P5: sent out of order`);
  }
  return { wrong, world };
}

/** `success` is true: there is nothing to do, or a job would do it after a crash. */
function isBehind({ record, hasJob }: Heard): boolean {
  if (hasJob || record === undefined) return hasJob;
  return ['acknowledged', 'delivered', 'dead', 'inMailbox'].includes(record.state);
}

/** A process that stalls answers when it goes on. */
const lateness = ({ troubles }: Story): number =>
  troubles.reduce((sum, one) => sum + (one.type === 'pause' ? one.forMs : 0), 0);

/** Runs a story again and prints it. */
export async function retell(story: Story): Promise<string> {
  const { wrong, world } = await broken(story, { traced: true });
  return `${wrong.join('\n')}\n\n${tableOf(story, world.trace ?? [])}\n\nthe story: ${JSON.stringify(story)}`;
}
