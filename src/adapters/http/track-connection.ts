import type { ClientRequest } from 'node:http';
import { isIP } from 'node:net';
import type { HttpFailureKind, HttpPhases } from '../../ports/http-client.js';

/** How far the connection of one request is. */
export interface TrackedConnection {
  /** Whether the request may have left. */
  isEstablished(): boolean;
  /** What an error at this moment means. */
  failureKind(): HttpFailureKind;
  /** How long each part took, the answer until now. */
  phases(): HttpPhases;
}

/** Watches a request's connection come about: name, TCP, TLS. A kept one stands from the start. */
export function trackConnection(
  outgoing: ClientRequest,
  url: URL,
  onEstablished: () => void,
): TrackedConnection {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let stage: 'dns' | 'connect' | 'tls' | 'connection-lost' = isIP(host) === 0 ? 'dns' : 'connect';
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
    // Comes once for each address; the first is the answer.
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
