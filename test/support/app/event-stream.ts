import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { eventually } from '../time/eventually.js';
import { expect } from '@jest/globals';

/** Reads Server-Sent Events of our server. */
export interface EventStream {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** All events so far, as `[name, data]`. */
  readonly events: readonly (readonly [name: string, data: unknown])[];
  /** Resolves with the data of the newest event of that name that satisfies `fits`. */
  next(name: string, fits?: (data: unknown) => boolean): Promise<unknown>;
  readonly ended: Promise<unknown>;
  close(): void;
}

export async function openEventStream(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const request = get(url, { headers, agent: false });
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  const events: (readonly [string, unknown])[] = [];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (name !== '') events.push([name, JSON.parse(data)]);
    }
  });
  response.on('error', () => undefined); // cut by `close`
  return {
    status: response.statusCode,
    headers: response.headers,
    events,
    async next(name, fits = () => true) {
      const newest = () => events.findLast(([one, data]) => one === name && fits(data));
      await eventually(() => expect(newest()).toBeDefined());
      return newest()?.[1];
    },
    ended: new Promise((resolve) => response.on('close', resolve)),
    close: () => request.destroy(),
  };
}
