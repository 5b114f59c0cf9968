import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { TrustedProxies } from '../config/network-variables.js';

/** True if the address is a trusted proxy. `hop`: 0 for the sender of the request itself. */
export type Trust = (address: string, hop: number) => boolean;

/** Trusts no address if no proxies are set. */
export function trustOf(proxies: TrustedProxies | undefined): Trust {
  if (proxies === undefined) return () => false;
  if ('hops' in proxies) return (_address, hop) => hop < proxies.hops;
  const list = new BlockList();
  for (const range of proxies.ranges) {
    const [address = '', prefix] = range.split('/');
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/**
 * The address of a client: that of the sender, or, as long as that one is trusted, the one it saw before it. Proxies write
 * what they saw at the end of `X-Forwarded-For`, so it is read from there: what a client wrote itself stands further in
 * front, and is not reached. Anything that is no address ends the search.
 */
export function clientAddress(
  request: Pick<IncomingMessage, 'socket' | 'headers'>,
  trust: Trust,
): string | undefined {
  const sender = request.socket.remoteAddress;
  if (sender === undefined) return undefined;
  let address = unmapped(sender);
  if (!trust(address, 0)) return address;
  const header = request.headers['x-forwarded-for'];
  const seen = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map(plain);
  for (let hop = 0; trust(address, hop); hop += 1) {
    const before = seen.pop();
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** Removes the port that some proxies add, brackets, and the IPv6 prefix of a mapped IPv4 address. */
function plain(text: string): string {
  const [, bracketed, dotted] = /^\[([^\]]+)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text.trim()) ?? [];
  return unmapped(bracketed ?? dotted ?? text.trim());
}

const unmapped = (address: string): string =>
  address.startsWith('::') ? address.replace(/^::ffff:(?=\d+\.)/i, '') : address;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
