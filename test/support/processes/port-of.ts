import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** The port that a server listens on. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

/** Systems give outgoing connections their ports from 32768 upwards. */
const SPARE_PORTS = { from: 20_000, to: 32_000 } as const;

/**
 * A port of loopback on which nobody listens just now. No outgoing connection can take it: a server that comes back on
 * its port finds it free.
 */
export async function sparePort(): Promise<number> {
  for (;;) {
    const port = SPARE_PORTS.from + Math.floor(Math.random() * (SPARE_PORTS.to - SPARE_PORTS.from));
    if (await isFree(port)) return port;
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
