import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { createCipher } from '../../../src/protocol/cipher.js';
import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import type { Fields } from '../../../src/protocol/fields.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { toPassiveXml } from '../../../src/protocol/passive-xml.js';
import { readPush } from '../../../src/protocol/push/push.js';
import { reply, type Reply } from '../../../src/protocol/reply.js';
import { envelopeSignature, signatureMatches, urlSignature } from '../../../src/protocol/signature.js';
import { parseXml } from '../../../src/protocol/xml.js';
import { FIXTURE_ACCOUNT } from '../wechat/seal.js';

/**
 * Response of the server. `instead`: it listens no longer and hangs up on everybody, at once or a moment later, hangs
 * up, or says nothing.
 */
export interface Said {
  readonly instead?: 'dies' | 'dies slowly' | 'hangs up' | 'hangs';
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** One request, its query by name. */
export interface Asked {
  readonly method: string;
  readonly contentType: string;
  readonly values: (name: string) => readonly string[];
  readonly body: string;
}

export const says = (body: string, type = 'text/plain', status = 200): Said => ({ status, type, body });
export const refusal = says('', 'text/plain', 403);
export const DIES: Said = { ...refusal, instead: 'dies' };
export const DIES_SLOWLY: Said = { ...refusal, instead: 'dies slowly' };
export const HANGS_UP: Said = { ...refusal, instead: 'hangs up' };
export const HANGS: Said = { ...refusal, instead: 'hangs' };

const cipher = createCipher(FIXTURE_ACCOUNT.encodingAesKey, toAppId(FIXTURE_ACCOUNT.appId));
const WINDOW_S = 600;
const LIMIT_BYTES = 1024 * 1024;
const DYING_MS = 100;

/** The correct steps of a small callback server, made of the protocol's parts. A mutant server replaces one of them. */
export const reference = {
  methods: ['GET', 'POST'] as readonly string[],
  limitBytes: LIMIT_BYTES,
  windowS: WINDOW_S,
  /** The value that counts where a parameter may have come several times. */
  pick: (values: readonly string[]): string | undefined => (values.length === 1 ? values[0] : undefined),
  /** True: requests without a signature are refused. */
  demandsSignature: true,
  urlSignature,
  signatureMatches,
  handshake: (echostr: string): Said => says(echostr),
  /** Response to a refused request; `why` is for mutants that reveal it. */
  refuse: (_why: 'signature' | 'sealing' | 'body'): Said => refusal,
  /** Whether the unsigned probe of cloud hosting is answered. */
  knowsProbe: true,
  /** Called with the request before anything else; a response ends the processing. */
  glance: (_asked: Asked): Said | undefined => undefined,
  demandsSealed: true,
  provesEnvelope: true,
  /** The text of Encrypt in the body. */
  encryptOf: (outer: Fields): string | undefined => textIn(outer, 'Encrypt'),
  open: (encrypt: string): string => cipher.open(encrypt),
  /** Returns the XML to use for a sealed push. */
  believe: (opened: () => string, _outer: string): string => opened(),
  parse: (xml: string): Fields => parseXml(xml),
  /** Called with the parsed fields; a response ends the processing. */
  consider: (_fields: Fields): Said | undefined => undefined,
  /** Identity of a push. */
  key: (xml: string, _fields: Fields): string => readPush(xml, toAppId('wx'))?.id ?? '',
  /** Response to a further attempt during the first run, and after it; undefined: the same response. */
  whileRunning: undefined as string | undefined,
  afterwards: undefined as string | undefined,
  remembers: true,
  content: (fields: Fields): string => textIn(fields, 'Content') ?? '',
  handle: (fields: Fields, run: number, content: string): Reply | undefined =>
    usualReply(fields, run, content),
  /** Duration of a handler. */
  handlingMs: (): number => 15,
  /** Transforms the reply's XML. */
  write: (xml: string): string => xml,
  sealsReplies: 'as-asked' as 'as-asked' | 'never' | 'always',
  seal: (xml: string): string => sealed(xml),
  silence: 'success',
  /** Transforms the body of the response. */
  say: (body: string): string => body,
};

export type Steps = typeof reference;

export function textIn(fields: Fields, name: string): string | undefined {
  const { [name]: value } = fields;
  return typeof value === 'string' ? value : undefined;
}

/** Texts come back with the number of the run, clicks bring an article, pictures a picture. */
export function usualReply(fields: Fields, run: number, content: string): Reply | undefined {
  const kind = `${textIn(fields, 'MsgType')} ${textIn(fields, 'Event')}`;
  if (kind === 'event CLICK') return reply.news([article(`${textIn(fields, 'EventKey')}, run ${run}`)]);
  if (kind === 'image undefined') return reply.image('media-1');
  if (kind !== 'text undefined' || content.trim() === '') return undefined;
  return reply.text(`You said: ${Array.from(content).slice(0, 600).join('')}, run ${run}`);
}

export const article = (title: string) => ({
  title,
  description: 'd',
  picUrl: 'https://example.com/p.png',
  url: 'https://example.com/?a=1&b=2',
});

export function sealed(
  xml: string,
  { encrypt = cipher.seal(xml), nonce = '12345', signature = '', timestamp = nowS() } = {},
): string {
  const proof = signature || envelopeSignature(FIXTURE_ACCOUNT.token, timestamp, nonce, encrypt);
  return (
    `<xml><Encrypt><![CDATA[${encrypt}]]></Encrypt><MsgSignature><![CDATA[${proof}]]></MsgSignature>` +
    `<TimeStamp>${timestamp}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`
  );
}

const nowS = (): string => String(Math.floor(Date.now() / 1000));

/** A server that listens on loopback. */
export interface ListeningServer {
  readonly url: URL;
  /** Listens again after it died. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server from the correct steps and some changed ones. */
export async function openServer(mode: CipherMode, changes: Partial<Steps> = {}): Promise<ListeningServer> {
  const steps = { ...reference, ...changes };
  const answerTo = createAnswers(mode, steps);
  const server = createServer((request, response) => {
    void read(request, steps.limitBytes).then(async (asked) => {
      const said = asked === undefined ? says('', 'text/plain', 413) : await answerTo(asked);
      if (said.instead === 'dies' || said.instead === 'dies slowly') {
        server.close();
        if (said.instead === 'dies slowly') await pass(DYING_MS);
        server.closeAllConnections();
      }
      if (said.instead === 'hangs up') request.socket.destroy();
      if (said.instead !== undefined) return undefined;
      const body = Buffer.from(said.body);
      response.writeHead(said.status, { 'content-type': said.type, 'content-length': body.length });
      return response.end(request.method === 'HEAD' ? undefined : body);
    });
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const port = portOf(server);
  return {
    url: new URL(`http://127.0.0.1:${port}/wechat`),
    revive: () => listen(port),
    close: () => closed(server),
  };
}

function createAnswers(mode: CipherMode, steps: Steps): (asked: Asked) => Promise<Said> {
  const runs = new Map<string, { reply: Promise<string>; over: boolean }>();
  let count = 0;

  const one = (asked: Asked, name: string) => steps.pick(asked.values(name)) || undefined;

  function provenUrl(asked: Asked): boolean {
    const [signature, timestamp, nonce] = ['signature', 'timestamp', 'nonce'].map((name) => one(asked, name));
    if (!steps.demandsSignature && signature === undefined) return true;
    if (signature === undefined || timestamp === undefined || nonce === undefined) return false;
    const expected = steps.urlSignature(FIXTURE_ACCOUNT.token, timestamp, nonce);
    return steps.signatureMatches(expected, signature) && isFresh(timestamp);
  }

  const isFresh = (timestamp: string) => Math.abs(Date.now() / 1000 - Number(timestamp)) < steps.windowS;

  /** Opens a push: its XML, and whether it was sealed. */
  function opened(asked: Asked): { xml: string; isSealed: boolean } | Said {
    const plain = { xml: asked.body, isSealed: false };
    if (mode === 'plaintext') return provenUrl(asked) ? plain : steps.refuse('signature');
    const encrypt = steps.encryptOf(steps.parse(asked.body));
    if (encrypt === undefined)
      return !steps.demandsSealed && provenUrl(asked) ? plain : steps.refuse('sealing');
    const [timestamp = '', nonce = '', signature = ''] = ['timestamp', 'nonce', 'msg_signature'].map((name) =>
      one(asked, name),
    );
    const expected = envelopeSignature(FIXTURE_ACCOUNT.token, timestamp, nonce, encrypt);
    const proven = steps.provesEnvelope
      ? timestamp !== '' && nonce !== '' && steps.signatureMatches(expected, signature)
      : provenUrl(asked);
    if (!proven || !isFresh(timestamp)) return steps.refuse('signature');
    return { xml: steps.believe(() => steps.open(encrypt), asked.body), isSealed: true };
  }

  async function run(fields: Fields): Promise<string> {
    count += 1;
    const number = count;
    await pass(steps.handlingMs());
    const reaction = steps.handle(fields, number, steps.content(fields));
    if (reaction === undefined) return steps.silence;
    const ends = { user: textIn(fields, 'FromUserName') ?? '', account: textIn(fields, 'ToUserName') ?? '' };
    return steps.write(toPassiveXml(reaction, ends, Math.floor(Date.now() / 1000)));
  }

  function answered(key: string, fields: Fields): Promise<string> | string {
    const known = steps.remembers ? runs.get(key) : undefined;
    if (known !== undefined) return (known.over ? steps.afterwards : steps.whileRunning) ?? known.reply;
    const own = { reply: run(fields), over: false };
    runs.set(key, own);
    void own.reply.finally(() => (own.over = true));
    return own.reply;
  }

  async function answer(asked: Asked): Promise<Said> {
    if (!steps.methods.includes(asked.method)) return says('', 'text/plain', 405);
    const glanced = steps.glance(asked);
    if (glanced !== undefined) return glanced;
    if (asked.method === 'GET' || asked.method === 'HEAD') {
      const echostr = one(asked, 'echostr');
      return provenUrl(asked) && echostr !== undefined ? steps.handshake(echostr) : steps.refuse('signature');
    }
    if (steps.knowsProbe && asked.body.includes('CheckContainerPath')) return says('success');
    const found = opened(asked);
    if ('status' in found) return found;
    const fields = steps.parse(found.xml);
    const considered = steps.consider(fields);
    if (considered !== undefined) return considered;
    if (fields['MsgType'] === undefined) return says('success');
    const body = await answered(steps.key(found.xml, fields), fields);
    const seals =
      steps.sealsReplies === 'always' ||
      (steps.sealsReplies === 'as-asked' && found.isSealed && body.startsWith('<'));
    return says(steps.say(seals ? steps.seal(body) : body), 'application/xml');
  }

  return async (asked) => {
    try {
      return await answer(asked);
    } catch {
      return steps.refuse('body');
    }
  };
}

async function read(request: IncomingMessage, limitBytes: number): Promise<Asked | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= limitBytes) pieces.push(piece);
  }
  const { searchParams } = new URL(request.url ?? '/', 'http://door');
  if (bytes > limitBytes) return undefined;
  return {
    method: request.method ?? '',
    contentType: request.headers['content-type'] ?? '',
    values: (name) => searchParams.getAll(name),
    body: Buffer.concat(pieces).toString(),
  };
}

function portOf(server: Server): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.address() as AddressInfo).port;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
