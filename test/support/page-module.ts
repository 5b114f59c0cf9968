/** Loads a module of the chat page, which is plain JavaScript without types, as what the test says it is. */
export async function pageModule<T>(path: string): Promise<T> {
  const module: T = await import(new URL(`../../src/sandbox/page/${path}`, import.meta.url).href);
  return module;
}
