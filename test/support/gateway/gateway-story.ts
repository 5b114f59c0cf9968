import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { eventually, pass } from '../time/eventually.js';
import { makeServerFolder, type ServerFolder, type ServerProcess } from '../processes/built-server.js';
import { RedisServer } from '../processes/redis-server.js';
import type { ProofPart } from '../proof/proof.js';
import { startFailingWechat, type FailingWechat, type HostFault } from './failing-wechat.js';

const APP_ID = 'wx00000000000000aa';
const KEY = 'a-key-of-the-admin-listener';
const HOSTS = 3;
const FAULTS: readonly HostFault[] = ['closed', 'reset-before', 'reset-after', 'bad-gateway'];
/** A holder that dies leaves its lock for ten seconds, and a token that has just replaced another is kept for ten more. */
const INVALIDATION_MS = 22_000;
/** A call to a server that was killed ends within this time; the other one is asked the next time. */
const CALL_LIMIT_MS = 90_000;
const TOKEN_CODES = new Set([40001, 40014, 42001, 41001]);

/** How one call ended for the program that made it. */
type End =
  | 'ok'
  | 'failed by token'
  /** 502 and -502: it may have been done. */
  | 'unknown'
  /** 503 and -1: it was not done. */
  | 'not sent'
  /** Its server died under it. */
  | 'interrupted'
  | 'other';

interface Server {
  readonly name: string;
  process: ServerProcess;
  base: string;
  /** False from its death until the next process is ready: programs call the other server meanwhile. */
  isUp: boolean;
  /** All that ran under this name, for their logs. */
  readonly processes: ServerProcess[];
}

/** A process whose operation on Redis took too long, as on a busy machine, may fetch for itself: WeChat gives it the same token. */
const fetchedAlone = ({ processes }: Server): number =>
  processes
    .flatMap((process) => process.lines())
    .filter(({ msg }) => msg === 'store unavailable: this process fetches the access token for itself')
    .length;

/**
 * Programs send messages and read users through two servers on one Redis, while access points fail in turn, the token ends again
 * and again, and the process that fetches the next one is killed while it does.
 */
export async function* gatewayStory(size: {
  readonly calls: number;
  readonly clients: number;
  readonly invalidations: number;
}): AsyncGenerator<ProofPart> {
  const wechat = await startFailingWechat(HOSTS);
  const redis = await RedisServer.start({ fsync: 'no' });
  const folders: ServerFolder[] = [];
  try {
    const servers: Server[] = [];
    for (const name of ['one', 'two']) {
      const folder = await makeServerFolder();
      folders.push(folder);
      servers.push(await startOne(name, folder, wechat, redis.url));
    }
    yield await play(size, wechat, servers, (server) =>
      startOne(server.name, folderOf(folders, server), wechat, redis.url),
    );
  } finally {
    for (const folder of folders) await folder.remove();
    await redis.stop();
    await wechat.close();
  }
}

const folderOf = (folders: readonly ServerFolder[], { name }: Server): ServerFolder => {
  const folder = folders[name === 'one' ? 0 : 1];
  if (folder === undefined) throw new RangeError(`there is no server ${name}`);
  return folder;
};

async function startOne(
  name: string,
  folder: ServerFolder,
  wechat: FailingWechat,
  redisUrl: string,
): Promise<Server> {
  const process = folder.start({
    WECHAT_APP_ID: APP_ID,
    WECHAT_APP_SECRET: 'gateway-proof-secret',
    WECHAT_TOKEN: 'gateway',
    WECHAT_API_BASE_URLS: wechat.urlsFor(name).join(','),
    REDIS_URL: redisUrl,
    DATA_DIR: `${folder.dir}/data`,
    ADMIN_KEY: KEY,
    API_GATEWAY: '1',
    LATE_REPLY: 'passive-only',
  });
  const { adminPort } = await process.ready();
  return { name, process, base: `http://127.0.0.1:${adminPort}`, isUp: true, processes: [process] };
}

async function play(
  { calls, clients, invalidations }: { calls: number; clients: number; invalidations: number },
  wechat: FailingWechat,
  servers: Server[],
  restart: (server: Server) => Promise<Server>,
): Promise<ProofPart> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients * 2 });
  const ends: Record<End, number> = {
    ok: 0,
    'failed by token': 0,
    unknown: 0,
    'not sent': 0,
    interrupted: 0,
    other: 0,
  };
  const byText = new Map<string, End>();
  const others: string[] = [];
  const startMs = Date.now();
  const lastsMs = (invalidations + 1) * INVALIDATION_MS;
  let made = 0;
  let killed = 0;
  const over = new AbortController();

  const token = await sdkToken(servers[0]?.base ?? '');

  async function client(number: number): Promise<void> {
    while (made < calls) {
      const mine = made;
      made += 1;
      // Spread over the whole story, whatever the machine manages in a second.
      const dueMs = startMs + (mine / calls) * lastsMs;
      if (dueMs > Date.now()) await pass(dueMs - Date.now());
      const up = servers.filter(({ isUp }) => isUp);
      const server = up[(number + mine) % up.length];
      if (server === undefined) continue;
      const content = mine % 4 === 3 ? undefined : `message ${mine}`;
      const end = await callOnce(server.base, content, number % 2 === 0 ? undefined : token, agent, others);
      ends[end] += 1;
      if (content !== undefined) byText.set(content, end);
    }
  }

  async function failInTurn(): Promise<void> {
    for (let turn = 0; !over.signal.aborted; turn += 1) {
      const host = turn % HOSTS;
      await wechat.fault(host, FAULTS[turn % FAULTS.length]);
      await pass(700);
      await wechat.fault(host, undefined);
      await pass(300);
    }
  }

  async function endTokens(): Promise<void> {
    for (let n = 1; n <= invalidations; n += 1) {
      await pass(Math.max(0, startMs + n * INVALIDATION_MS - Date.now()));
      const isKilled = n === Math.ceil(invalidations / 2);
      if (isKilled) {
        wechat.holdNextFetch((name) => {
          const holder = servers.find((server) => server.name === name);
          if (holder === undefined) return;
          holder.isUp = false;
          holder.process.child.kill('SIGKILL');
          killed += 1;
          void restart(holder).then((next) => {
            holder.process = next.process;
            holder.processes.push(next.process);
            holder.base = next.base;
            holder.isUp = true;
          });
        });
      }
      wechat.invalidate();
    }
  }

  const failing = failInTurn();
  await Promise.all([...Array.from({ length: clients }, (_, number) => client(number)), endTokens()]);
  over.abort();
  await failing;
  // The last token is fetched by the first call after its end.
  await eventually(async () => {
    if ((await callOnce(servers[0]?.base ?? '', undefined, undefined, agent, [])) !== 'ok')
      throw new Error('not yet');
  });
  agent.destroy();

  const count = (of: (content: string, end: End) => boolean): number =>
    [...byText].filter(([content, end]) => of(content, end)).length;
  const takenOf = (content: string): number => wechat.taken.get(content) ?? 0;
  const twice = count((content) => takenOf(content) > 1);
  const lost = count((content, end) => end === 'ok' && takenOf(content) !== 1);
  const alone = servers.reduce((sum, server) => sum + fetchedAlone(server), 0);
  const dueFetches = 1 + invalidations;
  const sentAllTheSame = count((content, end) => end === 'not sent' && takenOf(content) > 0);
  const claims: readonly (readonly [broken: boolean, what: string])[] = [
    [
      ends['failed by token'] > 0,
      `${ends['failed by token']} calls failed by their token: ${others.slice(0, 3).join(' | ')}`,
    ],
    [twice > 0, `${twice} messages were sent twice`],
    [lost > 0, `${lost} messages that were answered "ok" never arrived`],
    [sentAllTheSame > 0, `${sentAllTheSame} messages that were "certainly not sent" arrived`],
    [ends.other > 0, `${ends.other} calls ended in another way: ${others.slice(0, 3).join(' | ')}`],
    [
      wechat.fetches.answered < dueFetches || wechat.fetches.answered > dueFetches + alone,
      `${wechat.fetches.answered} tokens were fetched for ${invalidations} invalidations and a start, ${alone} of them without Redis`,
    ],
    [killed !== (invalidations > 0 ? 1 : 0), `the holder was killed ${killed} times`],
    [ends.ok < calls * 0.3, `only ${ends.ok} of ${calls} calls succeeded`],
  ];
  return {
    name: `${calls} calls by ${clients} programs, ${invalidations} invalidations, the holder killed once`,
    figures: {
      ...ends,
      twice,
      fetches: wechat.fetches.answered,
      fetchedAlone: alone,
      unansweredFetches: wechat.fetches.total - wechat.fetches.answered,
      seconds: Math.round((Date.now() - startMs) / 1_000),
    },
    broken: claims.filter(([broken]) => broken).map(([, what]) => what),
  };
}

async function sdkToken(base: string): Promise<string> {
  const body = JSON.stringify({ grant_type: 'client_credential', appid: APP_ID, secret: KEY });
  const response = await fetch(`${base}/cgi-bin/stable_token`, { method: 'POST', body });
  const { access_token: token }: { access_token?: string } = JSON.parse(await response.text());
  if (token === undefined) throw new Error('the token centre gives no token');
  return token;
}

/** One call, made once: by the key, or by a token that was given out before all of this. */
async function callOnce(
  base: string,
  content: string | undefined,
  token: string | undefined,
  agent: Agent,
  others: string[],
): Promise<End> {
  const path = content === undefined ? '/cgi-bin/user/info?openid=oUser' : '/cgi-bin/message/custom/send?a=1';
  const search = token === undefined ? '' : `&access_token=${token}`;
  try {
    const request = httpRequest(`${base}${path}${search}`, {
      agent,
      method: content === undefined ? 'GET' : 'POST',
      headers: {
        ...(token === undefined && { authorization: `Bearer ${KEY}` }),
        ...(content !== undefined && { 'content-type': 'application/json' }),
      },
    });
    request.setTimeout(CALL_LIMIT_MS, () => request.destroy(new Error('no answer')));
    const heard = new Promise<string>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => void text(response).then(resolve, reject));
    });
    request.end(
      content === undefined
        ? undefined
        : JSON.stringify({ touser: 'oUser', msgtype: 'text', text: { content } }),
    );
    const answer = await heard;
    const { errcode = 0, errmsg = '' }: { errcode?: number; errmsg?: string } = JSON.parse(answer);
    if (errcode === 0) return 'ok';
    if (errcode === -502) return 'unknown';
    const isByToken = TOKEN_CODES.has(errcode) || (errcode === -1 && /token/.test(errmsg));
    if (isByToken) others.push(answer);
    if (isByToken) return 'failed by token';
    if (errcode === -1) return 'not sent';
    others.push(answer);
    return 'other';
  } catch (error) {
    if (error instanceof SyntaxError) {
      others.push(error.message);
      return 'other';
    }
    return 'interrupted';
  }
}
