/** Loads a module of a page by its path below `src`, which is plain JavaScript without types, as what the test says it is. */
export async function pageModule<T>(path: string): Promise<T> {
  const module: T = await import(new URL(`../../../src/${path}`, import.meta.url).href);
  return module;
}
