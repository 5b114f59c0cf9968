import type { AlarmName } from '../../src/operations/alarms/alarm.js';
import type { Station, StationOptions } from './station.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const SEND = '/cgi-bin/message/custom/send';

/** Something that goes wrong, and who notices it. */
export interface Incident {
  readonly name: string;
  /** The alarm that has to come first. */
  readonly alarm: AlarmName;
  readonly about?: string;
  /**
   * Who complains later: WeChat by its own alarm, or a user whose answer is a dead letter. `nobody`: neither does until
   * the end of the story.
   */
  readonly noticedBy: 'WeChat' | 'a user' | 'nobody';
  /** Answers are lost before the alarm, which counts them. */
  readonly isAboutLosses?: true;
  readonly options?: StationOptions;
  readonly play: (station: Station) => Promise<void>;
}

/** @param everyMs  between the pushes of those incidents that WeChat notices */
export function incidents(everyMs: number): readonly Incident[] {
  /** Ordinary traffic goes wrong until WeChat has raised its alarm. */
  const untilWechatComplains =
    (content = 'hello') =>
    (station: Station): Promise<void> =>
      station.keepTyping(content, { everyMs, most: 300, enough: () => station.platform.length > 0 });

  return [
    {
      name: 'handlers are slow where late answers cannot be sent',
      alarm: 'timeouts',
      noticedBy: 'WeChat',
      options: { settings: { LATE_REPLY: 'passive-only', HELD_TRIES_PER_5_MIN: '1000' } },
      play: untilWechatComplains('slow 60000'),
    },
    {
      name: 'a proxy in front takes a second before it gives a push on, and handlers are slow',
      alarm: 'timeouts',
      noticedBy: 'WeChat',
      async play(station) {
        station.front = (_request, _response, pass) => void station.clock.schedule(1_000, pass);
        await untilWechatComplains('slow 4300')(station);
      },
    },
    {
      name: 'the Token is another in the console than in the configuration',
      alarm: 'refusals',
      about: 'signature_mismatch',
      noticedBy: 'WeChat',
      async play(station) {
        station.sandbox.state.changeAccount({ token: 'rotated' });
        await untilWechatComplains()(station);
      },
    },
    {
      name: 'the EncodingAESKey is another in the console than in the configuration',
      alarm: 'refusals',
      noticedBy: 'WeChat',
      options: { mode: 'safe' },
      async play(station) {
        const { encodingAesKey } = station.sandbox.state.account();
        station.sandbox.state.changeAccount({
          encodingAesKey: encodingAesKey.split('').toReversed().join(''),
        });
        await untilWechatComplains()(station);
      },
    },
    {
      name: 'Redis is away and the disk refuses, so that pushes are answered 503',
      alarm: 'unavailable',
      noticedBy: 'WeChat',
      async play(station) {
        station.redisAway = true;
        station.diskRefuses = true;
        await untilWechatComplains()(station);
      },
    },
    {
      name: 'a proxy in front loses the answers',
      alarm: 'unheard',
      noticedBy: 'WeChat',
      async play(station) {
        station.front = (_request, response, pass) => {
          response.writeHead = () => response;
          response.end = () => response;
          pass();
        };
        await untilWechatComplains()(station);
      },
    },
    {
      name: 'Redis is away, and the journal stands in for it',
      alarm: 'storage',
      noticedBy: 'nobody',
      async play(station) {
        station.redisAway = true;
        await station.keepTyping('hello', { everyMs: 5 * SECOND, most: 60 });
      },
    },
    {
      name: 'the API is down, and late answers pile up',
      alarm: 'late_backlog',
      noticedBy: 'nobody',
      async play(station) {
        await station.pass(MINUTE);
        station.apiAway = true;
        await station.keepTyping('slow 7000', { everyMs: 10 * SECOND, most: 30 });
        station.apiAway = false;
        await station.pass(5 * MINUTE);
      },
    },
    {
      name: 'the AppSecret was reset',
      alarm: 'token',
      noticedBy: 'nobody',
      async play(station) {
        const { state } = station.sandbox;
        const { appSecret } = state.account();
        await station.pass(MINUTE);
        state.changeAccount({ appSecret: 'f'.repeat(32) });
        state.tokens.invalidate(undefined);
        await station.keepTyping('slow 7000', { everyMs: 10 * SECOND, most: 30 });
        state.changeAccount({ appSecret });
        await station.pass(5 * MINUTE);
      },
    },
    {
      name: "the day's customer-service messages are used up within the hour",
      alarm: 'quota',
      about: SEND,
      noticedBy: 'a user',
      async play(station) {
        const { quotas } = station.sandbox.state;
        const limit = 500_000;
        const spend = (part: number): void => {
          for (let call = 0; call < limit * part; call += 1) quotas.spend(SEND, limit, undefined);
        };
        spend(0.8);
        for (let minute = 0; minute < 60 && station.lost.length === 0; minute += 1) {
          station.type('slow 7000');
          await station.pass(MINUTE);
          spend(0.005);
        }
      },
    },
    {
      name: 'WeChat punishes the account, and dead letters grow',
      alarm: 'dead_letters',
      about: 'permission',
      noticedBy: 'nobody',
      isAboutLosses: true,
      async play(station) {
        station.sandbox.state.faults.add({ kind: 'errcode', errcode: 48004, path: SEND, calls: -1 });
        await station.keepTyping('slow 7000', { everyMs: 10 * SECOND, most: 12 });
      },
    },
    {
      name: 'a handler throws at every push',
      alarm: 'handler_errors',
      about: 'answer',
      noticedBy: 'nobody',
      play: (station) => station.keepTyping('throw', { everyMs: 5 * SECOND, most: 40 }),
    },
    {
      name: 'another program of the account fetches tokens of the ordinary channel',
      alarm: 'foreign_refresher',
      noticedBy: 'nobody',
      options: { settings: { TOKEN_CHANNEL: 'ordinary' } },
      async play(station) {
        const { tokens } = station.sandbox.state;
        for (let round = 0; round < 6; round += 1) {
          tokens.ordinary();
          await station.pass(6 * MINUTE);
          await station.keepTyping('slow 7000', { everyMs: 10 * SECOND, most: 3 });
        }
      },
    },
    {
      name: 'WeChat no longer reaches the callback of a quiet account',
      alarm: 'silence',
      noticedBy: 'nobody',
      async play(station) {
        await station.keepTyping('hello', { everyMs: 4 * MINUTE, most: (26 * HOUR) / (4 * MINUTE) });
        station.cutOff();
        await station.keepTyping('hello', { everyMs: 4 * MINUTE, most: 20 });
      },
    },
  ];
}
