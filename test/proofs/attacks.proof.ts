import { attackCallback } from '../support/attacks/callback-attacks.js';
import { makeServerFolder } from '../support/processes/built-server.js';
import { honestPush, sendGeneratedAttacks } from '../support/proof/generated-attacks.js';
import type { Proof } from '../support/proof/proof.js';
import { openAnswer } from '../support/wechat/fixture-pushes.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';

/** Of all three modes together. */
const ATTACKS = Number(process.env['ATTACKS'] ?? 1_000_000);
const MODES = ['plaintext', 'compatible', 'safe'] as const;
const HANDLER = `export default { on: 'message.text', handle: ({ push, reply }) => reply.text(push.content) };`;

export default {
  about: `The hand-made attacks and ${ATTACKS} damaged and forged requests at the built server: forged ones are refused, each is answered, honest pushes get through, and no log line holds a secret.`,
  limitMinutes: 90,
  async *run() {
    for (const mode of MODES) {
      const folder = await makeServerFolder({ 'echo.mjs': HANDLER });
      try {
        const server = folder.start({ ...UNREACHABLE_WECHAT, WECHAT_CIPHER_MODE: mode });
        const { port } = await server.ready();
        const corpus = await attackCallback({ port, mode, nowS: Math.floor(Date.now() / 1_000) });
        const seed = Date.now();
        const { broken, ...figures } = await sendGeneratedAttacks({
          port,
          mode,
          count: Math.ceil(ATTACKS / MODES.length),
          seed,
          honest: (content) => honestPush(mode, content, Date.now()),
          isAnswer: (body, content) => openAnswer('', body).includes(`[${content}]`),
        });
        const { WECHAT_APP_ID: _, WECHAT_API_BASE_URLS: __, ...secrets } = UNREACHABLE_WECHAT;
        const log = JSON.stringify(server.lines());
        const said = Object.entries(secrets).filter(([, secret]) => log.includes(secret));
        yield {
          name: `in ${mode} mode`,
          figures: { handMade: corpus.tried, seed, ...figures, logLines: server.lines().length },
          broken: [...corpus.broken, ...broken, ...said.map(([name]) => `no log line holds ${name}`)],
        };
      } finally {
        await folder.remove();
      }
    }
  },
} satisfies Proof;
