import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/config.js';
import { clientAddress, trustOf } from '../../../src/http/client-address.js';

const settings = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' };
const proxiesOf = (setting: string) => readConfig({ ...settings, TRUST_PROXY: setting }).trustProxy;

/** Returns the address that a request is taken to come from. */
function seen(setting: string, sender: string, forwarded?: string): string | undefined {
  const socket = { remoteAddress: sender };
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a socket nothing else is read
  const request = { socket, headers } as unknown as Parameters<typeof clientAddress>[0];
  return clientAddress(request, trustOf(proxiesOf(setting)));
}

const CLIENT = '203.0.113.7';
const FORGED = '198.51.100.1';

describe('given TRUST_PROXY', () => {
  test.each([
    ['nobody is trusted', '', '10.0.0.1', CLIENT, '10.0.0.1'],
    ['the sender is trusted', '10.0.0.1', '10.0.0.1', CLIENT, CLIENT],
    ['the sender is not among the trusted', '10.0.0.1', '10.0.0.2', CLIENT, '10.0.0.2'],
    ['the client forged an address', '10.0.0.0/8', '10.0.0.1', `${FORGED}, ${CLIENT}`, CLIENT],
    ['the client forged a trusted address', '10.0.0.0/8', '10.0.0.1', `10.9.9.9, ${CLIENT}`, CLIENT],
    ['two proxies are trusted', '10.0.0.0/8', '10.0.0.1', `${FORGED}, ${CLIENT}, 10.0.0.2`, CLIENT],
    ['one hop is trusted', '1', '10.0.0.1', `${FORGED}, ${CLIENT}`, CLIENT],
    ['two hops are trusted', '2', '10.0.0.1', `${FORGED}, ${CLIENT}, 10.0.0.2`, CLIENT],
    ['more hops are trusted than there are', '3', '10.0.0.1', CLIENT, CLIENT],
    ['the header is missing', 'loopback', '127.0.0.1', undefined, '127.0.0.1'],
    ['the header holds no address', 'loopback', '127.0.0.1', 'unknown', '127.0.0.1'],
    ['there is rubbish in front of the proxy', 'private', '10.0.0.1', `${CLIENT}, <x>, 10.0.0.2`, '10.0.0.2'],
    ['IPv6 writes the sender as IPv4', 'loopback', '::ffff:127.0.0.1', CLIENT, CLIENT],
    ['the proxy adds a port', 'loopback', '::1', `${CLIENT}:4711`, CLIENT],
    ['the client has an IPv6 address and a port', 'loopback', '::1', '[2001:db8::7]:4711', '2001:db8::7'],
  ])('when %s, then the client is found', (_what, setting, sender, forwarded, client) => {
    expect(seen(setting, sender, forwarded)).toBe(client);
  });

  test.each(['17', '10.0.0.0/33', 'everybody', '10.0.0.1;10.0.0.2', '2001:db8::/129'])(
    'when it is %s, then it is a fault',
    (setting) => {
      expect(() => proxiesOf(setting)).toThrow(/TRUST_PROXY.*number of proxies/);
    },
  );
});
