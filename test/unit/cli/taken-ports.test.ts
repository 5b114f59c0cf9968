import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { explainTakenPorts, takenPorts } from '../../../src/cli/dev/taken-ports.js';
import { portOf } from '../../support/processes/port-of.js';

const taken: Server[] = [];
afterEach(async () => {
  await Promise.all(taken.splice(0).map((server) => once(server.close(), 'close')));
});

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  taken.push(server);
  return server;
}

describe('given the ports that dev will listen on', () => {
  test('when two of three are taken, then both are named at once, each with one that is free', async () => {
    const [server, sandbox, admin] = [
      portOf(await listening()),
      portOf(await listening()),
      await listening(),
    ];
    const free = portOf(admin);
    await once(admin.close(), 'close');
    taken.pop();
    const found = await takenPorts([
      { name: 'PORT', port: server },
      { name: 'SANDBOX_PORT', port: sandbox },
      { name: 'ADMIN_PORT', port: free },
    ]);
    expect(found.map(({ name }) => name)).toEqual(['PORT', 'SANDBOX_PORT']);
    const { en, zh } = await explainTakenPorts(found);
    for (const text of [en, zh]) {
      expect(text).toContain(`${server} (PORT), ${sandbox} (SANDBOX_PORT)`);
      expect(text).toMatch(/PORT=\d+ SANDBOX_PORT=\d+$/);
      expect(text).not.toContain('ADMIN_PORT');
    }
  });
});
