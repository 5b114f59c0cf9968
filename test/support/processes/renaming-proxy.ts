import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { portOf } from './port-of.js';

/** Passes everything on to a port of this machine, and puts one text in the place of another in what comes back. */
export async function startRenamingProxy(
  port: number,
  [from, to]: readonly [string, string],
): Promise<{ readonly port: number; close(): Promise<void> }> {
  // The lengths before a text in the protocol stay right.
  if (from.length !== to.length) throw new Error(`"${from}" and "${to}" are not of one length`);
  const sockets = new Set<{ destroy(): void }>();
  const proxy: Server = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    server.on('data', (chunk: Buffer) =>
      client.write(Buffer.from(chunk.toString('latin1').replaceAll(from, to), 'latin1')),
    );
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: portOf(proxy),
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
