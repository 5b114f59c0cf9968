import { startProxy, type ProxyName } from '../support/deploy/proxy.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import { makeServerFolder } from '../support/processes/built-server.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import { fixturePushes, openAnswer } from '../support/wechat/fixture-pushes.js';
import { handshakeAsWeChat } from '../support/wechat/seal.js';

const HANDLERS = {
  'users.mjs': `export default { on: ['message', 'event'], handle: ({ push, reply }) => reply.text(push.kind + ' ' + push.id) };`,
  'platform.mjs': `export default { on: 'info', handle: () => undefined };`,
};
const MODES = ['plaintext', 'compatible', 'safe'] as const;
const ECHO = '14324296167175543775';
/** As large as a push can be: in compatible mode it travels twice. */
const LARGE_BYTES = 900 * 1024;

export default {
  about: 'the samples for nginx and Caddy: all fixtures through them, in every mode, and the largest body.',
  limitMinutes: 6,
  async *run() {
    for (const name of ['nginx', 'caddy'] as const) yield* through(name);
  },
} satisfies Proof;

async function* through(name: ProxyName): AsyncGenerator<ProofPart> {
  for (const mode of MODES) {
    const folder = await makeServerFolder(HANDLERS);
    try {
      const server = folder.start({
        ...UNREACHABLE_WECHAT,
        WECHAT_CIPHER_MODE: mode,
        MAX_PUSH_AGE_S: '0',
        TRUST_PROXY: 'loopback',
      });
      const { port } = await server.ready();
      const proxy = await startProxy(name, [port, port]);
      try {
        const broken: string[] = [];
        const query = new URLSearchParams(handshakeAsWeChat(ECHO)).toString();
        const handshake = await fetch(`${proxy.url}?${query}`);
        if ((await handshake.text()) !== ECHO) broken.push('the handshake is answered');
        const samples = fixturePushes(mode);
        for (const { file, expected, pushId, push } of samples) {
          const response = await fetch(`${proxy.url}?${new URLSearchParams(push.query).toString()}`, {
            method: 'POST',
            body: push.body,
            headers: { 'content-type': 'text/xml' },
          });
          const text = openAnswer(file, await response.text());
          const isRight =
            expected === 'refused'
              ? response.status === 403 && text === ''
              : expected === 'probe' || file.startsWith('info.')
                ? response.status === 200 && text === 'success'
                : response.status === 200 && text.includes(` ${pushId}]]></Content>`);
          if (!isRight)
            broken.push(`${file} is answered as the index says, not ${response.status} ${text.slice(0, 80)}`);
        }
        // It reaches the server, which refuses it: 413 of the proxy would be without our header.
        const large = await fetch(`${proxy.url}?${query}`, { method: 'POST', body: 'x'.repeat(LARGE_BYTES) });
        if (
          large.headers.get('x-content-type-options') !== 'nosniff' &&
          large.status !== 403 &&
          large.status !== 413
        )
          broken.push(`a large body reaches the server: ${large.status}`);
        await server.stop();
        yield {
          name: `${name}, ${mode} mode`,
          figures: { fixtures: samples.length, wrong: broken.length },
          broken,
        };
      } finally {
        await proxy.stop();
      }
    } finally {
      await folder.remove();
    }
  }
}
