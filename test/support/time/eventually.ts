/** Waits in real time, for things outside the test: sockets, processes, another program's clock. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Repeats `check` until it neither throws nor rejects; after `withinMs` rejects with its last error. */
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
