import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { makeServerFolder } from '../processes/built-server.js';
import { endProcess } from '../processes/end-process.js';
import { portOf } from '../processes/port-of.js';
import type { ProofPart } from '../proof/proof.js';

const KEY = 'a-key-of-the-admin-listener';
const FILE_BYTES = 10 * 1_024 * 1_024;
const MB = 1_024 * 1_024;
/** Half of what the files under way would take if they were held. */
const MAX_GROWTH_MB = 100;
const TOGETHER = 20;

/** WeChat that answers everything at once, and gives and takes large files. */
async function startQuickWechat(): Promise<Server> {
  const file = Buffer.alloc(FILE_BYTES, 7);
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    request.resume();
    request.on('end', () => {
      if (path === '/cgi-bin/media/get') {
        response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': file.length });
        response.end(file);
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(
        path === '/cgi-bin/stable_token'
          ? '{"access_token":"TOKEN","expires_in":7200}'
          : '{"errcode":0,"errmsg":"ok","media_id":"M","type":"image","created_at":1}',
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What the gateway costs: memory for large files, CPU for a call. */
export async function* gatewayCosts(size: {
  readonly rounds: number;
  readonly calls: number;
}): AsyncGenerator<ProofPart> {
  const wechat = await startQuickWechat();
  const url = `http://127.0.0.1:${portOf(wechat)}`;
  const folder = await makeServerFolder();
  const proxy = fork(new URL('plain-proxy.mjs', import.meta.url).pathname, [url], { execArgv: [] });
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  try {
    const [{ port: proxyPort }] = await once(proxy, 'message');
    const server = folder.start({
      WECHAT_APP_ID: 'wx00000000000000aa',
      WECHAT_APP_SECRET: 'gateway-proof-secret',
      WECHAT_TOKEN: 'gateway',
      WECHAT_API_BASE_URLS: url,
      DATA_DIR: `${folder.dir}/data`,
      ADMIN_KEY: KEY,
      API_GATEWAY: '1',
      LATE_REPLY: 'passive-only',
    });
    const { adminPort } = await server.ready();
    yield await memory(server.child, `http://127.0.0.1:${adminPort}`, size.rounds, agent);
    yield await cpu(
      server.child,
      `http://127.0.0.1:${adminPort}`,
      proxy,
      `http://127.0.0.1:${proxyPort}`,
      size,
      agent,
    );
  } finally {
    agent.destroy();
    await endProcess(proxy);
    await folder.remove();
    wechat.close();
    wechat.closeAllConnections();
  }
}

async function memory(child: ChildProcess, base: string, rounds: number, agent: Agent): Promise<ProofPart> {
  const file = Buffer.alloc(FILE_BYTES, 3);
  const upload = () => call(`${base}/cgi-bin/media/upload?type=image`, agent, file);
  const download = () => call(`${base}/cgi-bin/media/get?media_id=M`, agent);
  await Promise.all(Array.from({ length: TOGETHER }, () => call(`${base}/cgi-bin/user/info`, agent)));
  const before = residentMb(child);
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, residentMb(child))), 20);
  let bytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(Array.from({ length: TOGETHER }, upload));
    const got = await Promise.all(Array.from({ length: TOGETHER }, download));
    bytes += got.reduce((sum, size) => sum + size, 0);
  }
  clearInterval(watch);
  const growth = most - before;
  const complete = bytes === rounds * TOGETHER * FILE_BYTES;
  return {
    name: `${rounds * TOGETHER} uploads and as many downloads of 10 MB, ${TOGETHER} at a time`,
    figures: { beforeMb: Math.round(before), mostMb: Math.round(most), growthMb: Math.round(growth) },
    broken: [
      ...(growth > MAX_GROWTH_MB ? [`memory grew by ${Math.round(growth)} MB`] : []),
      ...(complete ? [] : ['a file did not arrive whole']),
    ],
  };
}

async function cpu(
  gateway: ChildProcess,
  gatewayBase: string,
  proxy: ChildProcess,
  proxyBase: string,
  { rounds, calls }: { rounds: number; calls: number },
  agent: Agent,
): Promise<ProofPart> {
  const body = Buffer.from(JSON.stringify({ touser: 'oUser', msgtype: 'text', text: { content: '你好' } }));
  const send = async (base: string): Promise<void> => {
    let left = calls;
    await Promise.all(
      Array.from({ length: TOGETHER }, async () => {
        while (left > 0) {
          left -= 1;
          await call(`${base}/cgi-bin/message/custom/send?access_token=TOKEN`, agent, body);
        }
      }),
    );
  };
  const perCallUs = async (child: ChildProcess, base: string): Promise<number> => {
    const before = cpuMs(child);
    await send(base);
    return ((cpuMs(child) - before) * 1_000) / calls;
  };
  await Promise.all([send(gatewayBase), send(proxyBase)]); // both are compiled by now
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round += 1)
    pairs.push([await perCallUs(gateway, gatewayBase), await perCallUs(proxy, proxyBase)]);
  const median = (numbers: readonly number[]): number =>
    numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
  return {
    name: `CPU of a call that is passed on, against a plain proxy, median of ${rounds} pairs of ${calls} calls`,
    figures: {
      gatewayUs: Math.round(median(pairs.map(([ours]) => ours))),
      proxyUs: Math.round(median(pairs.map(([, plain]) => plain))),
      ratio: Number(median(pairs.map(([ours, plain]) => ours / plain)).toFixed(2)),
    },
    broken: [],
  };
}

/** Makes a call by the key; resolves with the number of bytes of its answer. */
async function call(url: string, agent: Agent, body?: Buffer): Promise<number> {
  const request = httpRequest(url, {
    agent,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${KEY}`,
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': body.length }),
    },
  });
  const heard = once(request, 'response').then(
    ([response]): IncomingMessage => response,
    (error: unknown) => {
      // The server closed a kept connection just as it was used again.
      if (request.reusedSocket) return undefined;
      throw error;
    },
  );
  request.end(body);
  const response = await heard;
  if (response === undefined) return call(url, agent, body);
  let size = 0;
  for await (const piece of response) size += piece.length;
  if (response.statusCode !== 200)
    throw new Error(`HTTP ${response.statusCode} from ${new URL(url).pathname}`);
  return size;
}

/** Resident memory, by the kernel. */
function residentMb({ pid }: ChildProcess): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return (Number(pages) * 4_096) / MB;
}

/** CPU time of a process so far, by the kernel, which counts in hundredths of a second. */
function cpuMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
