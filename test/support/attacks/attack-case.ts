import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/*
 * The hand-made attacks are data: one file of cases for each place that strangers reach. A text of a case may hold
 * `{name}`, `{name|change}` and `{text*count}`, which `fill` replaces.
 */

/** A request as an attacker writes it, and what has to come of it. */
export interface HttpCase {
  readonly name: string;
  /** Default: GET. */
  readonly method?: string;
  readonly path: string;
  /** `Host` may be another one; `Content-Length` is right unless it is named here. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One of them is right. */
  readonly status: number | readonly number[];
  /** What the answer must not hold, beside secrets. */
  readonly without?: string;
}

/** The text of `test/support/attacks/<name>.json`. */
export const attackFile = (name: string): string => readFileSync(`test/support/attacks/${name}.json`, 'utf8');

/** Downloads that nobody may make: addresses of hosts, of files, of redirects, and addresses that a name stands for. */
export interface Downloads {
  readonly addresses: readonly string[];
  readonly urls: readonly string[];
  readonly redirects: readonly string[];
  readonly answersOfNames: readonly (readonly string[])[];
}

const CHANGES: Readonly<Record<string, (text: string, to: string) => string>> = {
  upper: (text) => text.toUpperCase(),
  backwards: (text) => Array.from(text).toReversed().join(''),
  base64: (text) => Buffer.from(text).toString('base64'),
  percent: (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`,
  half: (text) => text.slice(0, text.length / 2),
  cut: (text, to) => text.slice(0, Number(to)),
  first: (text) =>
    `${text.startsWith('0') || text.startsWith('A') ? 'b' : text.startsWith('<') ? '>' : 'A'}${text.slice(1)}`,
  last: (text) => `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`,
  twice: (text) => text.replace('</xml>', '<Encrypt>x</Encrypt></xml>'),
  /** Some blocks of a ciphertext. */
  block: (text, to) => {
    const [from = 0, end] = to.split(':').map(Number);
    return Buffer.from(text, 'base64').subarray(from, end).toString('base64');
  },
  /** A ciphertext with a byte changed. */
  flip: (text, to) => {
    const bytes = Buffer.from(text, 'base64');
    const at = (Number(to) + bytes.length) % bytes.length;
    bytes.writeUInt8((bytes[at] ?? 0) ^ 0xff, at);
    return bytes.toString('base64');
  },
};

/** Puts values into a text of a case. What is no value stays as it is: JSON has braces as well. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\{(sha1:)?([^{}|]*?)(?:\|(\w+)(?::([-:\d]+))?|\*(\d+)|([-+]\d+))?\}/g,
    (whole, ...found) => {
      const [sha1, name = '', change, to = '', count, more] = found.map((part: unknown) =>
        typeof part === 'string' ? part : undefined,
      );
      if (sha1 !== undefined) return createHash('sha1').update(name).digest('hex');
      if (count !== undefined) return (values[name] ?? name).repeat(Number(count));
      const value = values[name];
      if (value === undefined) return whole;
      if (more !== undefined) return String(Number(value) + Number(more));
      return change === undefined ? value : (CHANGES[change]?.(value, to) ?? whole);
    },
  );
}

/** A request as the bytes that go out: nothing is set right on the way. */
export function requestOf(
  {
    method = 'GET',
    path,
    headers = {},
    body = '',
  }: Omit<HttpCase, 'name' | 'status' | 'body'> & { readonly body?: string | Buffer },
  host: string,
): Buffer {
  const all = {
    Host: host,
    Connection: 'close',
    ...(body.length > 0 && { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`),
    Buffer.from(body),
  ]);
}

/** What came back. `status` 0: the connection ended without an answer. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A server that says nothing for so long has let the attacker hang. */
const ANSWERS_WITHIN_MS = 20_000;

/** Writes bytes to a plain connection, and reads the first answer. @throws if none comes, and the connection stays */
export function askRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let heard = '';
    const patience = setTimeout(() => {
      socket.destroy();
      reject(new Error(`neither an answer nor an end within ${ANSWERS_WITHIN_MS} ms`));
    }, ANSWERS_WITHIN_MS);
    const end = (answer: RawAnswer): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      const answer = wholeAnswer(heard);
      if (answer !== undefined) end(answer);
    });
    // A server may cut the connection while it is written to.
    socket.on('error', () => undefined);
    socket.on('close', () => end(wholeAnswer(heard, true) ?? { status: 0, head: '', body: '' }));
    socket.write(bytes);
  });
}

function wholeAnswer(heard: string, isOver = false): RawAnswer | undefined {
  const headEnd = heard.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = heard.slice(0, headEnd);
  const body = heard.slice(headEnd + 4);
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0);
  if (status === 100) return wholeAnswer(body, isOver);
  const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
  const isWhole =
    length === undefined
      ? /\r\n0\r\n\r\n$|^0\r\n\r\n$/.test(body)
      : Buffer.byteLength(body) >= Number(length);
  return isWhole || isOver ? { status, head, body } : undefined;
}
