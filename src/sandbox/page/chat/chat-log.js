import { timeOfDay } from '../../../page-kit/format.js';
import { html, useEffect, useLayoutEffect, useRef } from '../../../page-kit/html.js';
import { ChatLine } from './chat-line.js';
import { Hint } from './hint.js';

const SHOWN = 200;
const PAUSE_MS = 300_000;
/** New lines do not scroll the log if the reader has scrolled up further than this. */
const NEAR_PX = 120;

/** Shows the lines of the chat, scrolled to the newest. Screen readers announce new ones. */
export function ChatLog(ui) {
  const { state, actions, words, follower } = ui;
  const log = useRef(null);
  const near = useRef(true);
  const items = state.chat.filter((item) => item.follower === state.follower).slice(-SHOWN);
  const newest = items.at(-1)?.id;

  useLayoutEffect(() => {
    near.current = true;
  }, [state.follower, state.pane]);
  useLayoutEffect(() => {
    if (near.current) log.current.scrollTop = log.current.scrollHeight;
  });
  useEffect(() => {
    if (newest !== undefined) actions.read(state.follower, newest);
  }, [newest, state.follower]);

  function remember({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) {
    near.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  return html`
    <div
      class="chat-log"
      role="log"
      aria-live="polite"
      aria-label=${words.panes.chat}
      tabindex="0"
      ref=${log}
      onScroll=${remember}
    >
      ${state.ready && items.length === 0 && html`<${Hint} ...${ui} follower=${follower} />`}
      ${items.map((item, place) => {
        const pause = item.atMs - (items[place - 1]?.atMs ?? 0) > PAUSE_MS;
        return html`
          ${pause && html`<p class="time" key=${`time-${item.id}`}>${timeOfDay(item.atMs, false)}</p>`}
          <${ChatLine} key=${item.id} ...${ui} item=${item} follower=${follower} />
        `;
      })}
    </div>
  `;
}
