import { ServerGround } from '../support/processes/server-process.js';
import { ledgerOf } from '../support/proof/ledger-of.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import { NOTICE, Traffic } from '../support/proof/traffic.js';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi, type Fault } from '../support/wechat/fake-wechat-api.js';

const EVERY_MS = 40;
const TYPED = 30;
/** Two calls that hang, and what waits behind them. */
const SETTLES_WITHIN_MS = 90_000;
const CONTENTS = ['defer 10', 'slow 900', 'defer 200'];

/** What an answer may come to if the API fails that way: seen once, seen twice, or a dead letter of one of these reasons. */
interface Case {
  readonly name: string;
  readonly fault: (api: FakeWechatApi) => void;
  readonly letters: readonly string[];
  /** Under `ON_AMBIGUOUS_SEND=resend` a message whose fate is unknown is sent again (P4). */
  readonly mayDouble?: boolean;
}

const sends =
  (fault: Fault, times = 5) =>
  (api: FakeWechatApi) =>
    api.failNext('send', fault, times);
const refused = (errcode: number, times = 5) => sends({ type: 'errcode', errcode }, times);

const CASES: readonly Case[] = [
  { name: 'hangs, and took nothing', fault: sends({ type: 'hang' }, 2), letters: ['unknown'] },
  {
    name: 'hangs, and took the message',
    fault: sends({ type: 'hang', taken: true }, 2),
    letters: ['unknown'],
    mayDouble: true,
  },
  {
    name: 'breaks the connection before it takes the message',
    fault: sends({ type: 'reset-before' }),
    letters: ['unknown'],
  },
  {
    name: 'breaks the connection after it took the message',
    fault: sends({ type: 'reset-after' }),
    letters: ['unknown'],
    mayDouble: true,
  },
  {
    name: 'answers half of its JSON',
    fault: sends({ type: 'body', body: '{"errcode":0,' }),
    letters: ['unknown'],
  },
  {
    name: 'answers 500 with nothing',
    fault: sends({ type: 'status', status: 500, body: '' }),
    letters: ['unknown'],
  },
  { name: 'answers 502 with HTML', fault: sends({ type: 'status', status: 502 }), letters: ['unknown'] },
  {
    name: 'answers 200 with HTML',
    fault: sends({ type: 'body', body: '<html>busy</html>' }),
    letters: ['unknown'],
  },
  { name: 'is busy (-1)', fault: refused(-1), letters: [] },
  { name: 'refuses the token once (40001)', fault: (api) => api.invalidateTokens(), letters: [] },
  {
    name: 'refuses each token for a while (40001)',
    fault: refused(40_001, 12),
    letters: ['config'],
  },
  { name: 'has no calls left today (45009)', fault: refused(45_009), letters: ['quota-exhausted'] },
  { name: 'says that the window is over (45015)', fault: refused(45_015), letters: ['window-closed'] },
  {
    name: 'says that the messages are used up (45047)',
    fault: refused(45_047),
    letters: ['window-closed', 'quota-exhausted'],
  },
  { name: 'says that the account may send nothing (48001)', fault: refused(48_001), letters: ['permission'] },
  {
    name: 'gives out no token for a while',
    fault: (api) => api.failNext('token', { type: 'status', status: 502 }, 3),
    letters: [],
  },
];

export default {
  about:
    'The API fails in every way, with ON_AMBIGUOUS_SEND both ways: each answer is seen once, or a dead letter says why not.',
  limitMinutes: 30,
  async *run() {
    for (const how of ['drop', 'resend'] as const) for (const one of CASES) yield await play(one, how);
  },
} satisfies Proof;

async function play(
  { name, fault, letters, mayDouble = false }: Case,
  how: 'drop' | 'resend',
): Promise<ProofPart> {
  const api = await startFakeWechatApi();
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REPLY_DEADLINE_MS: '700',
    LATE_NOTICE: NOTICE,
    ON_AMBIGUOUS_SEND: how,
  });
  try {
    const server = await ground.start();
    const traffic = new Traffic(api, () => server.url, CONTENTS);
    traffic.start(EVERY_MS);
    await eventually(() => {
      if (traffic.typed < TYPED / 2) throw new Error('nothing flows yet');
    });
    fault(api);
    await eventually(() => {
      if (traffic.typed < TYPED * 2) throw new Error('it goes on');
    });
    await traffic.stop();
    const toCome = async () => (await traffic.ends(server)).lost.length - (await server.jobsInMailbox());
    await eventually(async () => {
      if ((await toCome()) > 0 || (await server.waitingJobs()) !== 0)
        throw new Error('answers are on their way');
    }, SETTLES_WITHIN_MS).catch(() => undefined); // The ledger tells.
    const ends = await traffic.ends(server);
    const kept = Math.min(await server.jobsInMailbox(), ends.lost.length);
    const reasons = [...new Set(ends.dead)];
    const unnamed = reasons.filter((reason) => !letters.includes(reason));
    return {
      name: `the API ${name}; ${how}`,
      ledger: { ...ledgerOf(ends), kept, lost: ends.lost.length - kept },
      figures: { reasons },
      broken: [
        ...ends.lost.slice(kept).map((text) => `nothing accepted is lost: ${text}`),
        ...ends.unexpected.map((text) => `nothing comes that no handler made: ${text}`),
        ...(mayDouble && how === 'resend' ? [] : ends.twice.map((text) => `nothing is seen twice: ${text}`)),
        ...unnamed.map((reason) => `a dead letter says ${letters.join(' or ') || 'nothing'}, not ${reason}`),
      ],
    };
  } finally {
    await ground.clear();
    await api.close();
  }
}
