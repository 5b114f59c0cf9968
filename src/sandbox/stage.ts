import { createFaultBook, type FaultBook } from './book/faults.js';
import { createFollowerBook, type FollowerBook } from './book/followers.js';
import { createGrantBook, type GrantBook } from './book/grants.js';
import { createMediaBook, type MediaBook } from './book/media.js';
import { createMenuBook, type MenuBook } from './book/menus.js';
import { createQuotaBook, type QuotaBook } from './book/quotas.js';
import { createQrBook, type QrBook } from './book/qr-codes.js';
import { createRecent, type Recent } from './book/recent.js';
import { createTagBook, type TagBook } from './book/tags.js';
import { createTokenBook, type TokenBook } from './book/tokens.js';
import { createWindowBook, type WindowBook } from './book/windows.js';
import type { Bus } from './bus.js';
import type { SandboxClock } from './clock.js';
import { createMarkFail, type MarkFail } from './push/mark-fail.js';
import { createPusher, type Pusher } from './push/pusher.js';
import type { Account, ApiCall, Book, ChatItem, Exchange } from './types.js';

const KEEP = { exchanges: 500, chat: 1_000, calls: 500 };
/** Characters of pushes and answers, and of chat lines: a server may answer with a megabyte each time. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** Everything that WeChat's two sides know and share. Thrown away and built anew on reset. */
export interface Stage {
  readonly clock: SandboxClock;
  readonly bus: Bus;
  account(): Account;
  changeAccount(more: Partial<Account>): Account;
  readonly followers: FollowerBook;
  readonly windows: WindowBook;
  readonly tokens: TokenBook;
  readonly quotas: QuotaBook;
  readonly menus: MenuBook;
  readonly tags: TagBook;
  readonly media: MediaBook;
  readonly qrCodes: QrBook;
  readonly grants: GrantBook;
  readonly faults: FaultBook;
  readonly markFail: MarkFail;
  readonly exchanges: Recent<Exchange>;
  readonly chat: Recent<ChatItem>;
  readonly calls: Recent<ApiCall>;
  readonly pusher: Pusher;
  book(): Book;
  /** Puts a line into the chat. */
  say(line: Omit<ChatItem, 'id' | 'atMs'>): ChatItem;
}

export function createStage(deps: { clock: SandboxClock; bus: Bus; account: Account }): Stage {
  const { clock, bus } = deps;
  const now = (): number => clock.now();
  let account = deps.account;
  const bookChanged = (): void => bus.emit({ event: 'book', data: book() });

  const exchanges = createRecent<Exchange>('x', {
    limit: KEEP.exchanges,
    weigh: sizeOf,
    most: MOST_CHARACTERS,
  });
  const chat = createRecent<ChatItem>('c', {
    limit: KEEP.chat,
    weigh: ({ shown }) => ('content' in shown ? shown.content.length : 0),
    most: MOST_CHARACTERS,
  });
  const windows = createWindowBook({ now, changed: bookChanged });
  const tokens = createTokenBook({ clock, changed: bookChanged });
  const quotas = createQuotaBook({ now, changed: bookChanged });
  const markFail = createMarkFail(clock, () => bus.emit({ event: 'mark-fail', data: markFail.view() }));

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
    followers: createFollowerBook({
      appId: account.appId,
      now,
      changed: (data) => bus.emit({ event: 'follower', data }),
    }),
    windows,
    tokens,
    quotas,
    menus: createMenuBook({ now, changed: (current) => bus.emit({ event: 'menu', data: { current } }) }),
    tags: createTagBook(),
    media: createMediaBook({ now }),
    qrCodes: createQrBook(now),
    grants: createGrantBook(now),
    faults: createFaultBook((data) => bus.emit({ event: 'faults', data })),
    markFail,
    exchanges,
    chat,
    calls: createRecent<ApiCall>('a', { limit: KEEP.calls }),
    pusher: createPusher({
      clock,
      exchanges,
      markFail,
      account: () => account,
      changed: (data) => bus.emit({ event: 'exchange', data }),
    }),
    book,
    say(line) {
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
      // The request's body stands in the curl command and, sealed, in the signature's parts as well.
      sum + 4 * requestBody.length + responseBody.length + openedBody.length,
    0,
  );
  return plainBody.length + sent;
}
