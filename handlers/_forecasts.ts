/** A forecast service to practise with: slow the first time, made of nothing but the city's name. */
const skies = ['晴', '多云', '小雨', '阴'] as const;
const known = new Map<string, string>();

/** What was asked before, at once. */
export const cachedForecast = (city: string): string | undefined => known.get(city);

/** Asks the service. Rejects when `signal` fires first. */
export async function fetchForecast(city: string, signal: AbortSignal, takesMs = 1_000): Promise<string> {
  await pause(takesMs, signal);
  const seed = Array.from(city).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  const forecast = `${city}明天${skies[seed % skies.length] ?? '晴'}，${(seed % 15) + 8}℃ 到 ${(seed % 15) + 17}℃`;
  known.set(city, forecast);
  return forecast;
}

/** Forgets everything, so that tests start alike. */
export const forgetForecasts = (): void => known.clear();

/** Waits, unless nobody wants the result any more. */
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
