import { pushId } from '../../protocol/push/push-id.js';
import { toAppId } from '../../protocol/ids.js';
import { parseXml } from '../../protocol/xml.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { Exchange, HandledBy } from '../../sandbox/types/types.js';
import type { PushAnsweredMessage, SandboxResetMessage } from '../../tell-parent.js';

/** A note comes within moments of its push. */
const LOOKED_THROUGH = 200;

/**
 * Shows beside each push what the server of `wechat-callback dev` did with it. A note may come before the verdict; then it
 * waits for that.
 *
 * @returns takes a message of the server's; others are ignored
 */
export function takeServerNotes(play: Sandbox): (message: unknown) => void {
  const waiting = new Map<string, HandledBy>();

  function put(exchange: Exchange, handledBy: HandledBy): void {
    const noted = { ...exchange, handledBy };
    play.state.exchanges.put(noted);
    play.state.bus.emit({ event: 'exchange', data: noted });
  }

  play.state.bus.listen((event) => {
    if (event.event === 'reset') waiting.clear();
    if (event.event !== 'exchange' || event.data.state !== 'done') return;
    const note = waiting.get(event.data.id);
    if (!waiting.delete(event.data.id) || note === undefined) return;
    put(event.data, note);
  });

  return (message) => {
    if (!isNote(message)) return;
    const { pushId: id, ...handledBy } = message.pushAnswered;
    const { appId } = play.state.account();
    const those = play.state.exchanges
      .list()
      .slice(-LOOKED_THROUGH)
      .filter((exchange) => idOf(exchange, appId) === id);
    // Of copies each gets a note; a further attempt of the same exchange replaces its last one.
    const exchange =
      those.find(({ id: own, handledBy: known }) => known === undefined && !waiting.has(own)) ?? those.at(-1);
    if (exchange?.state === 'running') waiting.set(exchange.id, handledBy);
    else if (exchange !== undefined) put(exchange, handledBy);
  };
}

/** Tells the server of `wechat-callback dev` when everything was put back; cleared records alone do not concern it. */
export function tellResets(play: Sandbox, tell: (message: SandboxResetMessage) => void): void {
  let known = play.state;
  known.bus.listen(({ event }) => {
    if (event !== 'reset' || play.state === known) return;
    known = play.state;
    tell({ sandboxReset: true });
  });
}

function idOf({ plainBody }: Exchange, appId: string): string | undefined {
  try {
    return pushId(parseXml(plainBody), toAppId(appId));
  } catch {
    return undefined;
  }
}

const isNote = (message: unknown): message is PushAnsweredMessage =>
  typeof message === 'object' && message !== null && 'pushAnswered' in message;
