import type { ClientRequest } from 'node:http';
import { isIP } from 'node:net';
import type { HttpFailureKind, HttpPhases } from '../../ports/http-client.js';

/** Tracks the progress of a request's connection. */
export interface TrackedConnection {
  /** True once the request may have been sent. */
  isEstablished(): boolean;
  /** The failure kind of an error at this moment. */
  failureKind(): HttpFailureKind;
  /** Duration of each phase; of the response, until now. */
  phases(): HttpPhases;
}

/** Tracks the phases of a request's connection: DNS, TCP, TLS. A reused connection is established from the start. */
export function trackConnection(
  outgoing: ClientRequest,
  url: URL,
  { isTunnelled, onEstablished }: { readonly isTunnelled: boolean; readonly onEstablished: () => void },
): TrackedConnection {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let stage: 'dns' | 'connect' | 'tls' | 'connection-lost' =
    isIP(host) === 0 && !isTunnelled ? 'dns' : 'connect'; // the name is the proxy's business
  let sinceMs = performance.now();
  const took: { dnsMs?: number; connectMs?: number; tlsMs?: number } = {};

  const lap = (): number => {
    const nowMs = performance.now();
    const lapMs = nowMs - sinceMs;
    sinceMs = nowMs;
    return lapMs;
  };
  const stand = (): void => {
    stage = 'connection-lost';
    onEstablished();
  };

  outgoing.on('socket', (socket) => {
    if (outgoing.reusedSocket || (!isSecure && !socket.connecting)) {
      lap();
      stand();
      return;
    }
    // Emitted once for each address; the first one counts.
    socket.on('lookup', (error: Error | null) => {
      if (error !== null || stage !== 'dns') return;
      took.dnsMs = lap();
      stage = 'connect';
    });
    socket.once('connect', () => {
      took.connectMs = lap();
      if (isSecure) stage = 'tls';
      else stand();
    });
    socket.once('secureConnect', () => {
      took.tlsMs = lap();
      stand();
    });
  });

  return {
    isEstablished: () => stage === 'connection-lost',
    failureKind: () => stage,
    phases: () => ({ ...took, answerMs: performance.now() - sinceMs }),
  };
}
