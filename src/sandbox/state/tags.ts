/** User tags. 0 to 2 are the platform's own. */
export interface TagStore {
  list(): readonly { readonly id: number; readonly name: string }[];
  has(id: number): boolean;
  create(name: string): number;
  rename(id: number, name: string): void;
  remove(id: number): void;
}

export function createTagStore(): TagStore {
  const tags = new Map([[2, '星标组']]);
  let last = 99;
  return {
    list: () => [...tags].map(([id, name]) => ({ id, name })),
    has: (id) => tags.has(id),
    create(name) {
      last += 1;
      tags.set(last, name);
      return last;
    },
    rename: (id, name) => void tags.set(id, name),
    remove: (id) => void tags.delete(id),
  };
}
