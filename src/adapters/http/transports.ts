import http from 'node:http';
import https from 'node:https';
import { TunnelAgent, usesProxy, type OutgoingProxy } from './outgoing-proxy.js';

/** The transport of one request. */
export interface Transport {
  readonly request: typeof http.request;
  readonly agent: http.Agent | false;
  /** Through the proxy. */
  readonly isTunnelled: boolean;
}

/**
 * Selects the transport of a URL: node:http or node:https with connections kept for 4 s, https through the proxy if
 * there is one.
 */
export function createTransports(
  proxy: OutgoingProxy | undefined,
): (url: URL, options?: { newConnection?: boolean }) => Transport | undefined {
  const keeping = { keepAlive: true, timeout: 4_000 };
  const agents = { 'http:': new http.Agent(keeping), 'https:': new https.Agent(keeping) };
  const tunnel = proxy === undefined ? undefined : new TunnelAgent(proxy, keeping);

  return (url, { newConnection = false } = {}) => {
    const { protocol } = url;
    if (protocol !== 'http:' && protocol !== 'https:') return undefined;
    const { request } = protocol === 'https:' ? https : http;
    if (tunnel !== undefined && usesProxy(url, proxy))
      return { request, agent: newConnection ? new TunnelAgent(proxy) : tunnel, isTunnelled: true };
    return { request, agent: newConnection ? false : agents[protocol], isTunnelled: false };
  };
}
