import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { takeServerNotes, tellResets } from '../../src/cli/sandbox/server-notes.js';
import { toAppId } from '../../src/protocol/ids.js';
import { pushId } from '../../src/protocol/push/push-id.js';
import { parseXml } from '../../src/protocol/xml.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { startTinyServer } from './support/tiny-server.js';

let tiny: Awaited<ReturnType<typeof startTinyServer>>;
let sandbox: Sandbox;
beforeEach(async () => {
  tiny = await startTinyServer('development');
  sandbox = createSandbox({ port: 0, account: { target: tiny.url, mode: 'plaintext' } });
});
afterEach(() => tiny.stop());

const noteOn = (id: string, outcome: string): object => {
  const { plainBody } = sandbox.state.exchanges.get(id) ?? { plainBody: '' };
  const its = pushId(parseXml(plainBody), toAppId(sandbox.state.account().appId));
  return { pushAnswered: { pushId: its, handler: 'echo', outcome } };
};
const notesOf = () => sandbox.state.exchanges.list().map(({ handledBy }) => handledBy);

describe('given notes of the server about its pushes', () => {
  test('when they come after the verdicts, then each copy has its own, and other messages are ignored', async () => {
    const take = takeServerNotes(sandbox);
    const [first] = await sandbox.push({ copies: 2 });
    take(noteOn(first?.id ?? '', 'replied'));
    take(noteOn(first?.id ?? '', 'joined'));
    take({ pushAnswered: { pushId: 'msg-1-another', handler: 'echo', outcome: 'threw' } });
    take('hello');
    expect(notesOf()).toEqual([
      { handler: 'echo', outcome: 'replied' },
      { handler: 'echo', outcome: 'joined' },
    ]);
  });

  test('when one comes before the verdict, then it stands beside it in the end', async () => {
    const take = takeServerNotes(sandbox);
    const pushed = sandbox.push({});
    take(noteOn(sandbox.state.exchanges.list()[0]?.id ?? '', 'silent'));
    await pushed;
    expect(sandbox.state.exchanges.list()[0]).toMatchObject({
      state: 'done',
      handledBy: { handler: 'echo', outcome: 'silent' },
    });
  });
});

describe('given a server that is to know when the sandbox was put back', () => {
  test('when records are cleared, then it hears nothing; when everything is put back, then it hears so once', async () => {
    await sandbox.start();
    const heard: object[] = [];
    tellResets(sandbox, (message) => heard.push(message));
    await fetch(`${sandbox.url()}/api/exchanges`, { method: 'DELETE' });
    expect(heard).toEqual([]);
    sandbox.reset();
    expect(heard).toEqual([{ sandboxReset: true }]);
    await sandbox.stop();
  });
});
