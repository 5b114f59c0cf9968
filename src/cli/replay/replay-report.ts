import type { RecordedPush } from '../../recording/recorded-push.js';
import type { Words } from '../../protocol/words.js';
import type { Terminal } from '../command.js';
import { lineDiff } from '../line-diff.js';
import type { ChosenAttempt } from './chosen-attempt.js';
import { describeEnd, endAlike, type AttemptEnd } from './compare-answers.js';

/** Limit of damaged lines and failures that are listed; all are counted. */
const NAMED = 10;

/** Reports a replay: each differing answer as it comes, and totals at the end. */
export class ReplayReport {
  readonly #terminal: Terminal;
  readonly #diff: boolean;
  readonly #startMs = performance.now();
  readonly #foreign = new Map<string, number>();
  #hasBegun = false;
  #same = 0;
  #differing = 0;
  #open = 0;
  #failed = 0;
  #damaged = 0;
  #standIns = 0;

  constructor(terminal: Terminal, diff: boolean) {
    this.#terminal = terminal;
    this.#diff = diff;
  }

  /** Attempts so far. */
  get sent(): number {
    return this.#same + this.#differing;
  }

  add({ line, recorded, push }: ChosenAttempt, end: AttemptEnd): void {
    const before: AttemptEnd =
      recorded.status === undefined
        ? { type: 'open' }
        : { type: 'answered', status: recorded.status, body: recorded.answer ?? '' };
    const byShape = recorded.standIns === true;
    const isAlike = endAlike(before, end, { byShape });
    if (isAlike) this.#same += 1;
    else this.#differing += 1;
    if (byShape) this.#standIns += 1;
    if (end.type === 'open') this.#open += 1;
    const { language } = this.#terminal;
    const where = language === 'zh' ? `第 ${line} 行` : `line ${line}`;
    const title = `${where}  ${new Date(recorded.at).toISOString()}  ${push.kind}  ${recorded.id}`;
    if (end.type === 'failed' || (end.type === 'answered' && end.status !== 200)) {
      this.#failed += 1;
      if (!this.#diff && this.#failed <= NAMED)
        this.#terminal.err(`${title}: ${describeEnd(end, { language })}`);
    }
    if (this.#diff && !isAlike)
      this.#terminal.out(
        [title, ...lineDiff(describeEnd(before, { language }), describeEnd(end, { language }))].join('\n'),
      );
  }

  /** Called before the first attempt is sent. */
  begin({ standIns }: RecordedPush): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    if (standIns !== true)
      this.#terminal.err({
        en: 'These are real users: late answers from the server reach them, unless it has no AppSecret or its API is the sandbox.',
        zh: '这些是真实的用户：服务延后的回复会发给他们，除非它没有 AppSecret，或者它的接口是沙箱。',
      });
  }

  addDamaged(says: Words): void {
    this.#damaged += 1;
    if (this.#damaged <= NAMED) this.#terminal.err(says);
  }

  addForeign(account: string): void {
    this.#foreign.set(account, (this.#foreign.get(account) ?? 0) + 1);
  }

  /** Prints the totals. Returns true if the replay succeeded. */
  close(): boolean {
    const err = (text: Words) => this.#terminal.err(text);
    if (this.#damaged > 0)
      err({
        en: `${this.#damaged} damaged lines were left out.`,
        zh: `跳过了 ${this.#damaged} 行，内容已损坏。`,
      });
    for (const [account, count] of this.#foreign)
      err({
        en: `${count} attempts of the account ${account} were left out (--account ${account}).`,
        zh: `跳过了账号 ${account} 的 ${count} 次推送（--account ${account}）。`,
      });
    if (this.sent === 0) {
      err({ en: 'Nothing was sent: no line matches.', zh: '没有发送：没有符合条件的行。' });
      return false;
    }
    if (this.#diff && this.#standIns > 0)
      err({
        en: 'The recording has stand-ins: the kind and shape of the answers were compared, not their text.',
        zh: '录制里是替代文本：比较的是应答的类型和形式，不是文字。',
      });
    const seconds = (performance.now() - this.#startMs) / 1_000;
    const rate = Math.round(this.sent / seconds);
    const answered = this.sent - this.#open - this.#failed;
    const sum = this.#diff
      ? {
          en: `${this.#same} answers as recorded, ${this.#differing} differ`,
          zh: `${this.#same} 个应答与录制相同，${this.#differing} 个不同`,
        }
      : {
          en: `${answered} answered, ${this.#open} left open, ${this.#failed} failed`,
          zh: `${answered} 个有应答，${this.#open} 个没有应答，${this.#failed} 个失败`,
        };
    this.#terminal.out({
      en: `${this.sent} attempts in ${seconds.toFixed(1)} s (${rate} a second): ${sum.en}`,
      zh: `${seconds.toFixed(1)} 秒发送 ${this.sent} 次（每秒 ${rate} 次）：${sum.zh}`,
    });
    return this.#diff ? this.#differing === 0 : this.#failed === 0;
  }
}
