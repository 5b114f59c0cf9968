import * as fc from 'fast-check';
import {
  ANSWER,
  END,
  ModelWorld,
  type Behaviour,
  type Heard,
  type Story,
  type Trouble,
} from './model-world.js';

const ms = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });

/** Around the moments at which something is decided: the job is written, the deadline, WeChat hangs up. */
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

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({
    type: fc.constantFrom('freeze' as const, 'lose answers' as const),
    atMs: ms(16_000),
    forMs: fc.oneof(ms(1_200, 20), ms(6_000, 20)),
  }),
  fc.record({ type: fc.constant('slow' as const), atMs: ms(12_000), forMs: ms(6_000), byMs: ms(700) }),
  fc.record({
    type: fc.constant('pause' as const),
    atMs: ms(12_000),
    forMs: fc.oneof(ms(1_500), ms(9_000)),
    process,
  }),
  fc.record({ type: fc.constant('crash' as const), atMs: ms(16_000), process }),
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
        atMs: ms(4_000, 200),
        behaviour: anyBehaviour,
        attempts: fc.array(attempt, { minLength: 3, maxLength: 3 }),
        twin: attempt,
      },
      { requiredKeys: ['atMs', 'behaviour', 'attempts'] },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  troubles: fc.array(trouble, { maxLength: 3 }),
  ambiguous: fc.array(ms(4, 1), { maxLength: 1 }),
});

/** A process may have been taken for dead: what it ran was run again. */
function mayRunAgain({ troubles, clocks }: Story): boolean {
  const skew = Math.max(...clocks) - Math.min(...clocks);
  return (
    skew > 700 ||
    troubles.some(
      (one) => one.type === 'crash' || ('forMs' in one && one.forMs > (one.type === 'slow' ? 1_000 : 600)),
    )
  );
}

/** What must hold, whatever happened. Returns what does not. */
export async function broken(
  story: Story,
  { traced = false } = {},
): Promise<{ wrong: string[]; world: ModelWorld }> {
  const world = new ModelWorld(story, { traced });
  await world.run();
  const wrong: string[] = [];
  const letters = await world.store.deadLetters(100);
  const exempt = mayRunAgain(story);
  /** All that users saw in replies: what was kept comes with the answer to another push. */
  /** A known limit (decision 0021): what a reply took out of the mailbox is lost where all attempts of that push hear 503. */
  const mayLoseMailbox = story.channel === 'passive-only' && world.heard.some(({ status }) => status === 503);
  const said = world.heard.flatMap(({ accepted, body }) => (accepted ? [body] : [])).join();
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
    if (!exempt && new Set(answers.map(({ body }) => body)).size > 1)
      say('P3: attempts heard different things');

    const isSilent = behaviour.type === 'says nothing' || behaviour.type === 'throws';
    const isAnswered = said.includes(`${ANSWER} #${push}`) || said.includes(`#${push} ${ANSWER}`);
    const isKept = record?.state === 'inMailbox';
    if (
      accepted.length > 0 &&
      !isSilent &&
      !mayLoseMailbox &&
      !isAnswered &&
      texts.length === 0 &&
      dead.length === 0 &&
      !isKept
    )
      say('P4: accepted, and nothing came of it');
    if (
      accepted.length > 0 &&
      behaviour.type === 'writes at length' &&
      !mayLoseMailbox &&
      dead.length === 0 &&
      !isKept
    ) {
      if (!`${said}${texts.join()}`.includes(`${END} #${push}`)) say('P4: the end of a long answer got lost');
    }
    if (new Set(texts).size < texts.length) say('P4: a message was sent twice');
    const isWhole = texts.some((text) => behaviour.type !== 'streams' && text.includes(ANSWER));
    if (isAnswered && isWhole && !exempt) say('P4: the answer came in time and late');
    for (const { reason } of dead)
      if (!['unknown', 'handler_threw', 'window-closed'].includes(reason)) say(`P4: dead letter ${reason}`);

    if (record !== undefined && story.channel === 'customer-service' && accepted.length > 0) {
      const open = ['overrunning', 'queued', 'delivering', 'ready', 'running'];
      if (open.includes(record.state)) say(`P4: it is still ${record.state}`);
    }
  }
  if (story.channel === 'customer-service') {
    const isWell = (server: number): boolean =>
      !story.troubles.some((one) => 'process' in one && one.process === server);
    for (const waits of world.unanswered)
      if (isWell(waits.process)) wrong.push(`push ${waits.push}: P1: an attempt was never answered`);
    // One that stands behind an answer in the mailbox waits for a day.
    const isKept = story.pushes.some((_push, push) => world.recordOf(push)?.state === 'inMailbox');
    if (world.jobs.size > 0 && !isKept) wrong.push(`a job is left: ${[...world.jobs.keys()].join()}`);
    const places = world.delivered.map(({ push }) => world.claimed.indexOf(push));
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

/** Tells a story again, and prints it for people. */
export async function retell(story: Story): Promise<string> {
  const { wrong, world } = await broken(story, { traced: true });
  return [
    wrong.join('\n'),
    '',
    '     ms  who        what',
    ...(world.trace ?? []),
    '',
    `the story: ${JSON.stringify(story)}`,
  ].join('\n');
}
