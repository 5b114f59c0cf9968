export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins: handed in as `from` it goes on there, in another process as well. Absent: this is the last. */
  readonly next?: string;
  /** Of all pages, where WeChat tells. */
  readonly total?: number;
}

/** One item after the other, pages fetched as they are needed; or page by page. Each walk over it begins anew. */
export interface Paginated<Item> extends AsyncIterable<Item> {
  pages(): AsyncIterable<Page<Item>>;
}

export interface PaginateOptions {
  /** `next` of a page: begins behind it. */
  readonly from?: string;
  readonly signal?: AbortSignal;
}

/** Walks from page to page until one names no other. A cursor that does not move ends it too. */
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
