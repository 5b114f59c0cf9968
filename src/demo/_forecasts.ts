/** A forecast service for the demo: slow the first time, and derived from the city's name. */
const skies = ['晴', '多云', '小雨', '阴'] as const;
const known = new Map<string, string>();

/** Returns a forecast that was fetched before. */
export const cachedForecast = (city: string): string | undefined => known.get(city);

/** Fetches a forecast. Rejects if `signal` aborts first. */
export async function fetchForecast(city: string, signal: AbortSignal, takesMs = 1_000): Promise<string> {
  await pause(takesMs, signal);
  const seed = Array.from(city).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  const forecast = `${city}明天${skies[seed % skies.length] ?? '晴'}，${(seed % 15) + 8}℃ 到 ${(seed % 15) + 17}℃`;
  known.set(city, forecast);
  return forecast;
}

/** Clears the cache, for tests. */
export const forgetForecasts = (): void => known.clear();

/** Waits, and rejects if `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Error('nobody waits for this any more', { cause: signal.reason }));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
