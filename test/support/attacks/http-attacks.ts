import { askRaw, fill, requestOf, type HttpCase, type RawAnswer } from './attack-case.js';

/** Sends a request as it is written. Returns what is wrong with the answer, or undefined. */
export async function attackHttp(
  port: number,
  one: HttpCase,
  values: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const put = (text: string): string => fill(text, values);
  const bytes = requestOf(
    {
      ...(one.method !== undefined && { method: one.method }),
      path: put(one.path),
      headers: Object.fromEntries(
        Object.entries(one.headers ?? {}).map(([name, value]) => [name, put(value)]),
      ),
      body: put(one.body ?? ''),
    },
    `127.0.0.1:${port}`,
  );
  return faultOf(one, await askRaw(port, bytes));
}

/** What is wrong with an answer, or undefined. */
export function faultOf(
  { name, status, without }: Pick<HttpCase, 'name' | 'status' | 'without'>,
  answer: RawAnswer,
): string | undefined {
  const whole = `${answer.head}\n\n${answer.body}`;
  if (![status].flat().includes(answer.status))
    return `${name}: the answer is ${String(status)}, not ${answer.status} ${answer.body.slice(0, 200)}`;
  if (without !== undefined && whole.toLowerCase().includes(without.toLowerCase()))
    return `${name}: the answer holds ${without}: ${whole.slice(0, 400)}`;
  if (/root:.*:0:0|^\s+at \S+ \(/m.test(whole))
    return `${name}: the answer holds what is inside: ${whole.slice(0, 400)}`;
  return undefined;
}
