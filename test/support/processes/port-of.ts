import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The port that a server listens on. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

/** Systems give outgoing connections their ports from 32768 upwards. */
const SPARE_PORTS = { from: 20_000, to: 32_000 } as const;

/**
 * A port of loopback on which nobody listens just now. No outgoing connection can take it, nor another suite that asks
 * here while this process lives: a server that comes back on its port finds it free.
 */
export async function sparePort(): Promise<number> {
  for (;;) {
    const port = SPARE_PORTS.from + Math.floor(Math.random() * (SPARE_PORTS.to - SPARE_PORTS.from));
    if (claim(port) && (await isFree(port))) return port;
  }
}

/** Suites that run side by side write here which port is whose: a process id a file. */
const CLAIMS = join(tmpdir(), 'wechat-callback-test-ports');

function claim(port: number): boolean {
  const file = join(CLAIMS, String(port));
  mkdirSync(CLAIMS, { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(Number(readFileSync(file, 'utf8')))) return false;
    writeFileSync(file, String(process.pid));
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
