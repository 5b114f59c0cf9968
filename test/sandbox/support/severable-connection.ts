import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on this machine that can be cut. */
export interface SeverableConnection {
  readonly port: number;
  /** Breaks what goes through, and lets nothing through any more. */
  sever(): void;
  mend(): void;
  stop(): Promise<void>;
}

export async function startSeverableConnection(toPort: number): Promise<SeverableConnection> {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = connect(toPort, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const cut = (): void => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sever: cut,
    mend() {
      whole = true;
    },
    stop() {
      cut();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
