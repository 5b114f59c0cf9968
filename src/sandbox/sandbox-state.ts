import { createFaultStore, type FaultStore } from './state/faults.js';
import { createFollowerStore, type FollowerStore } from './state/followers.js';
import { createGrantStore, type GrantStore } from './state/grants.js';
import { createMediaStore, type MediaStore } from './state/media.js';
import { createMenuStore, type MenuStore } from './state/menus.js';
import { createQuotaStore, type QuotaStore } from './state/quotas.js';
import { createQrCodeStore, type QrCodeStore } from './state/qr-codes.js';
import { createRingBuffer, type RingBuffer } from './state/ring-buffer.js';
import { createTagStore, type TagStore } from './state/tags.js';
import { createTokenStore, type TokenStore } from './state/tokens.js';
import { createWindowStore, type WindowStore } from './state/windows.js';
import type { Bus } from './bus.js';
import type { SandboxClock } from './clock.js';
import { createPushSuspension, type PushSuspension } from './push/push-suspension.js';
import { createPusher, type Pusher } from './push/pusher.js';
import type { Account, ApiCall, Book, ChatItem, Exchange } from './types/types.js';

const KEEP = { exchanges: 500, chat: 1_000, calls: 500 };
/** Limit of stored characters, each for exchanges and chat lines: a server may answer with a megabyte each time. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** The state of the simulated WeChat, shared by the push side and the API side. A reset replaces it. */
export interface SandboxState {
  readonly clock: SandboxClock;
  readonly bus: Bus;
  account(): Account;
  changeAccount(more: Partial<Account>): Account;
  readonly followers: FollowerStore;
  readonly windows: WindowStore;
  readonly tokens: TokenStore;
  readonly quotas: QuotaStore;
  readonly menus: MenuStore;
  readonly tags: TagStore;
  readonly media: MediaStore;
  readonly qrCodes: QrCodeStore;
  readonly grants: GrantStore;
  readonly faults: FaultStore;
  readonly pushSuspension: PushSuspension;
  readonly exchanges: RingBuffer<Exchange>;
  readonly chat: RingBuffer<ChatItem>;
  readonly calls: RingBuffer<ApiCall>;
  readonly pusher: Pusher;
  book(): Book;
  /** Appends a line to the chat. */
  appendChat(line: Omit<ChatItem, 'id' | 'atMs'>): ChatItem;
}

export function createSandboxState(deps: { clock: SandboxClock; bus: Bus; account: Account }): SandboxState {
  const { clock, bus } = deps;
  const now = (): number => clock.now();
  let account = deps.account;
  const bookChanged = (): void => bus.emit({ event: 'book', data: book() });

  const exchanges = createRingBuffer<Exchange>('x', {
    limit: KEEP.exchanges,
    weigh: sizeOf,
    most: MOST_CHARACTERS,
  });
  const chat = createRingBuffer<ChatItem>('c', {
    limit: KEEP.chat,
    weigh: ({ shown }) => ('content' in shown ? shown.content.length : 0),
    most: MOST_CHARACTERS,
  });
  const windows = createWindowStore({ now, changed: bookChanged });
  const tokens = createTokenStore({ clock, changed: bookChanged });
  const quotas = createQuotaStore({ now, changed: bookChanged });
  const pushSuspension = createPushSuspension(clock, () =>
    bus.emit({ event: 'mark-fail', data: pushSuspension.view() }),
  );

  function book(): Book {
    return {
      tokens: tokens.list(),
      forcedLeft: tokens.forcedLeft(),
      windows: windows.list(),
      quotas: quotas.list(),
    };
  }

  return {
    clock,
    bus,
    account: () => account,
    changeAccount(more) {
      account = { ...account, ...more };
      bus.emit({ event: 'account', data: account });
      return account;
    },
    followers: createFollowerStore({
      appId: account.appId,
      now,
      changed: (data) => bus.emit({ event: 'follower', data }),
    }),
    windows,
    tokens,
    quotas,
    menus: createMenuStore({ now, changed: (current) => bus.emit({ event: 'menu', data: { current } }) }),
    tags: createTagStore(),
    media: createMediaStore({ now }),
    qrCodes: createQrCodeStore(now),
    grants: createGrantStore(now),
    faults: createFaultStore((data) => bus.emit({ event: 'faults', data })),
    pushSuspension,
    exchanges,
    chat,
    calls: createRingBuffer<ApiCall>('a', { limit: KEEP.calls }),
    pusher: createPusher({
      clock,
      exchanges,
      pushSuspension,
      account: () => account,
      changed: (data) => bus.emit({ event: 'exchange', data }),
    }),
    book,
    appendChat(line) {
      const item: ChatItem = { id: chat.nextId(), atMs: clock.now(), ...line };
      chat.put(item);
      bus.emit({ event: 'chat', data: item });
      return item;
    },
  };
}

function sizeOf({ plainBody, tries }: Exchange): number {
  const sent = tries.reduce(
    (sum, { requestBody, responseBody = '', openedBody = '' }) =>
      // The request's body is also in the curl command and, sealed, in the signature's parts.
      sum + 4 * requestBody.length + responseBody.length + openedBody.length,
    0,
  );
  return plainBody.length + sent;
}
