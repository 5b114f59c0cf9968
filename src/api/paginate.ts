/**
 * One page of a list.
 *
 * @example
 * const page: Page<OpenId> = { items: [user], next: 'cursor' };
 */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Start of the next page, to pass as `from`, even in another process. Absent: this is the last page. */
  readonly next?: string;
  /** Number of items in all pages, if WeChat reports it. */
  readonly total?: number;
}

/**
 * Iterates over items, and fetches pages as needed; or iterates over pages. Each iteration begins again.
 *
 * @example
 * const followers: Paginated<OpenId> = api.all.followers();
 * for await (const openId of followers) log.info({ openId }, 'a follower');
 */
export interface Paginated<Item> extends AsyncIterable<Item> {
  pages(): AsyncIterable<Page<Item>>;
}

/**
 * Options of an iteration.
 *
 * @example
 * const rest: PaginateOptions = { from: 'cursor', signal: AbortSignal.timeout(60_000) };
 */
export interface PaginateOptions {
  /**
   * `next` of an earlier page: begins after it.
   *
   * @defaultValue the first page
   */
  readonly from?: string;
  /** @defaultValue never fires */
  readonly signal?: AbortSignal;
}

/** Iterates over pages until one has no `next`. A cursor that does not change ends it, too. */
export function paginate<Item>(
  fetchPage: (at: string | undefined, call: { signal?: AbortSignal }) => Promise<Page<Item>>,
  { from, signal }: PaginateOptions = {},
): Paginated<Item> {
  const call = signal === undefined ? {} : { signal };

  async function* pages(): AsyncGenerator<Page<Item>> {
    for (let at = from; ;) {
      const page = await fetchPage(at, call);
      yield page;
      if (page.next === undefined || page.next === at) return;
      at = page.next;
    }
  }

  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const { items } of pages()) yield* items;
    },
  };
}
