import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { portOf } from './port-of.js';

/** A real proxy for `CONNECT`, which leads some names to ports of this machine. */
export interface ConnectProxy {
  readonly port: number;
  /** What was asked for, in order: `host:port`, and the credentials that came along. */
  readonly asked: { readonly where: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** @param routes  the port of this machine by `host:port`; anything else is refused with 403 */
export async function startConnectProxy(routes: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  const asked: { where: string; authorization: string | undefined }[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client) => {
    const where = request.url ?? '';
    asked.push({ where, authorization: request.headers['proxy-authorization'] });
    const port = routes[where];
    if (port === undefined) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const far = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(far).pipe(client);
    });
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        far.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
