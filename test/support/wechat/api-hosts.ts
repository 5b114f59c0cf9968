import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { portOf } from '../processes/port-of.js';

/** An access point on a loopback address: accepts every call and remembers its body. */
export interface ApiHost {
  readonly url: string;
  /** Bodies of the calls that it took, probes apart. */
  readonly taken: string[];
  probes: number;
  /** Before every answer, in real milliseconds. */
  delayMs: number;
  /** True: it accepts calls without answering them. */
  silent: boolean;
  /** All connections break, new ones are refused. */
  kill(): Promise<void>;
  /** The same address again. */
  rise(): Promise<void>;
}

/** Starts a host on `address`, one of 127.0.0.0/8. */
export async function startApiHost(address: string): Promise<ApiHost> {
  let server: Server | undefined;
  let port = 0;
  const host = {
    url: '',
    taken: [] as string[],
    probes: 0,
    delayMs: 0,
    silent: false,
    async kill() {
      const dying = server;
      server = undefined;
      if (dying === undefined) return;
      const closed = once(dying, 'close');
      dying.close();
      dying.closeAllConnections();
      await closed;
    },
    async rise() {
      const rising = createServer((incoming, response) => {
        void (async () => {
          const body = await text(incoming);
          if (incoming.method === 'GET') host.probes += 1;
          else host.taken.push(body);
          if (host.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, host.delayMs));
          if (!host.silent) response.end('{"errcode":0,"errmsg":"ok"}');
        })().catch(() => response.destroy());
      });
      rising.listen(port, address);
      await once(rising, 'listening');
      server = rising;
      port = portOf(rising);
    },
  };
  await host.rise();
  host.url = `http://${address}:${port}`;
  return host;
}

/** A port whose connections are never made: packets go in, nothing comes out. */
export async function startBlackHole(): Promise<{ readonly url: string; close(): Promise<void> }> {
  // Its thread stands still from the moment it listens, so nobody takes connections out of the short queue.
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const [port]: unknown[] = await once(worker, 'message');
  const fillers: Socket[] = [];
  for (let n = 0; n < 4; n += 1) fillers.push(connect({ port: Number(port), host: '127.0.0.1' }));
  for (const filler of fillers) filler.on('error', () => {});
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
  return {
    url: `http://127.0.0.1:${Number(port)}`,
    async close() {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
