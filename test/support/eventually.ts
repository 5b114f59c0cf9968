/** Real time passes. For what really takes place outside: sockets, processes, another program's clock. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Tries until `check` neither throws nor rejects; after `withinMs` its last error is the test's. */
export async function eventually(check: () => unknown, withinMs = 30_000): Promise<void> {
  const untilMs = Date.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > untilMs) throw error;
    }
    await pass(10);
  }
}
