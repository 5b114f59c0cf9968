import type { Words } from '../../protocol/words.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Account, Exchange } from '../../sandbox/types/types.js';

type Mode = Account['mode'];

/**
 * Compares the cipher mode of the target with the sandbox's, by the first reply. A mode that nobody chose is learned: the
 * sandbox begins in compatible mode, whose pushes every server can read.
 *
 * @param chosen the mode of `--mode`
 */
export function learnMode(play: Sandbox, chosen: Mode | undefined, say: (text: Words) => void): void {
  const { state } = play;
  const end = state.bus.listen((event) => {
    if (event.event !== 'exchange' || event.data.state !== 'done' || event.data.kind === 'handshake') return;
    const seen = modeOf(event.data);
    if (seen === undefined) return;
    end();
    if (chosen === undefined) {
      state.changeAccount({ mode: seen });
      say({
        en: `The target replies in ${seen} mode: pushes go out in it from now on (--mode chooses another).`,
        zh: `目标服务用${NAMES[seen]}（${seen}）回复：之后的推送都用它（用 --mode 可以指定）。`,
      });
    } else if (chosen !== 'compatible' && chosen !== seen) {
      say({
        en: `The target replies in ${seen} mode, and the sandbox pushes in ${chosen} mode: use --mode ${seen}, or set the target to ${chosen}.`,
        zh: `目标服务用${NAMES[seen]}（${seen}）回复，沙箱用${NAMES[chosen]}（${chosen}）推送：请用 --mode ${seen}，或者把目标服务设为 ${chosen}。`,
      });
    }
  });
}

const NAMES: Readonly<Record<Mode, string>> = {
  plaintext: '明文模式',
  compatible: '兼容模式',
  safe: '安全模式',
};

/** The mode of a reply; `undefined` for an answer without one. */
function modeOf({ tries }: Exchange): 'plaintext' | 'safe' | undefined {
  const body = tries.at(-1)?.responseBody ?? '';
  if (!/^\s*<xml>/.test(body)) return undefined;
  return body.includes('<Encrypt>') ? 'safe' : 'plaintext';
}
