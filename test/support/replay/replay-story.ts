import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createSealer } from '../../../src/crypto/sealer.js';
import { readLine, RECORDING_PURPOSE } from '../../../src/recording/recorded-push.js';
import { makeServerFolder, type ServerFolder } from '../processes/built-server.js';
import type { ProofPart } from '../proof/proof.js';
import { FIXTURE_ACCOUNT, pushAsWeChat } from '../wechat/seal.js';

const KEY = 'a recording key of the replay story';
const SENDERS = 16;

/** Handlers that count messages in a session, so an answer depends on earlier ones. */
const TYPED = `export default {
  on: 'message.text',
  async handle({ push, reply, session }) {
    const count = await session.update((known = 0) => known + 1);
    return reply.text(count + ': 你说 ' + push.content);
  },
};`;
const clicked = (answer: string) => `export default {
  on: 'event.click',
  handle: ({ push, reply }) => reply.text('${answer} ' + push.eventKey),
};`;

/** A push to send. Some come twice, as WeChat retries. */
interface Sent {
  readonly user: string;
  readonly xml: string;
  readonly isClick: boolean;
}

function makePushes(count: number, users: number): Sent[] {
  const sent: Sent[] = [];
  const second = Math.floor(Date.now() / 1_000);
  for (let number = 0; sent.length < count; number += 1) {
    const user = `oReplay${String(number % users).padStart(21, '0')}`;
    const isClick = number % 7 === 3;
    const elements = isClick
      ? `<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[menu-${number % 5}]]></EventKey>`
      : number % 11 === 5
        ? `<MsgType><![CDATA[image]]></MsgType><PicUrl><![CDATA[http://p/${number}]]></PicUrl><MediaId><![CDATA[m${number}]]></MediaId><MsgId>${number + 1}</MsgId>`
        : `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[第 ${number} 条]]></Content><MsgId>${number + 1}</MsgId>`;
    const xml =
      `<xml><ToUserName><![CDATA[gh_replay]]></ToUserName><FromUserName><![CDATA[${user}]]></FromUserName>` +
      `<CreateTime>${second - count + number}</CreateTime>${elements}</xml>`;
    for (let times = number % 50 === 7 ? 2 : 1; times > 0 && sent.length < count; times -= 1)
      sent.push({ user, xml, isClick });
  }
  return sent;
}

/** Sends all, those of one user one after the other. */
async function sendAll(port: number, pushes: readonly Sent[]): Promise<void> {
  const lanes: Sent[][] = Array.from({ length: SENDERS }, () => []);
  for (const push of pushes) lanes[Number(push.user.slice(-5)) % SENDERS]?.push(push);
  let nonce = 1_000_000;
  await Promise.all(
    lanes.map(async (lane) => {
      for (const { xml } of lane) {
        const timestamp = String(Math.floor(Date.now() / 1_000));
        const { query, body } = pushAsWeChat(xml, { mode: 'safe', nonce: String((nonce += 1)), timestamp });
        const url = `http://127.0.0.1:${port}/wechat?${new URLSearchParams(query).toString()}`;
        const response = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'text/xml' } });
        if (response.status !== 200) throw new Error(`a push was answered ${response.status}`);
        await response.arrayBuffer();
      }
    }),
  );
}

async function runCli(args: readonly string[], settings: Readonly<Record<string, string>>, cwd: string) {
  const child = spawn(process.execPath, [resolve('dist/src/cli/main.js'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (seen.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (seen.err += text));
  const startMs = performance.now();
  await once(child, 'close');
  return { code: child.exitCode, ...seen, seconds: (performance.now() - startMs) / 1_000 };
}

/**
 * Records on one built server and replays to others: of the same build, and of one with another handler.
 *
 * @param maxSeconds  how long the replay of all may take
 */
export async function* replayStory(count: number, maxSeconds: number): AsyncGenerator<ProofPart> {
  const settings = {
    WECHAT_APP_ID: FIXTURE_ACCOUNT.appId,
    WECHAT_TOKEN: FIXTURE_ACCOUNT.token,
    WECHAT_ENCODING_AES_KEY: FIXTURE_ACCOUNT.encodingAesKey,
    LATE_REPLY: 'passive-only',
  };
  const pushes = makePushes(count, Math.ceil(count / 10));
  const clicks = pushes.filter(({ isClick }) => isClick).length;
  const folder = await makeServerFolder({ 'typed.mjs': TYPED, 'clicked.mjs': clicked('menu') });
  try {
    for (const key of [KEY, '']) {
      const name = key === '' ? 'with stand-ins' : 'sealed';
      const recordDir = join(folder.dir, `recording ${name}`);
      const recording = { ...settings, RECORD_DIR: recordDir, RECORD_KEY: key };
      await writeFile(join(folder.dir, 'clicked.mjs'), clicked('menu'));
      await serve(folder, { ...recording, DATA_DIR: join(folder.dir, `data of ${name}`) }, (port) =>
        sendAll(port, pushes),
      );
      const file = join(folder.dir, `${name}.jsonl`);
      const text = await concatenate(recordDir, file);
      const attempts = attemptsIn(text, key);
      yield {
        name: `${name}: when ${count} attempts are recorded`,
        figures: { lines: text.split('\n').length - 1, bytes: text.length, attempts },
        broken: [
          ...(attempts === count ? [] : ['each attempt is on record once']),
          ...[...Object.values(settings), '第 ', pushes[0]?.user ?? ''].flatMap((secret) =>
            secret.length > 5 && text.includes(secret) && secret !== 'passive-only'
              ? [`"${secret}" stands in no line`]
              : [],
          ),
        ],
      };
      const replay = (port: number) =>
        runCli(
          ['replay', file, '--against', `http://127.0.0.1:${port}/wechat`, '--diff', '--speed', 'max'],
          recording,
          folder.dir,
        );

      const fresh = { ...settings, DATA_DIR: join(folder.dir, `fresh for ${name}`) };
      const [same, again] = await serve(
        folder,
        fresh,
        async (port) => [await replay(port), await replay(port)] as const,
      );
      yield {
        name: `${name}: when they are replayed to the same build`,
        figures: { seconds: Math.round(same.seconds * 10) / 10, sum: same.out.trim().split('\n').at(-1) },
        broken: [
          ...(same.code === 0 && same.out.includes(`${count} answers as recorded, 0 differ`)
            ? []
            : [`no answer differs: ${same.out}${same.err}`]),
          ...(same.seconds <= maxSeconds ? [] : [`it takes at most ${maxSeconds} s`]),
        ],
      };
      // The session counts on: an answer as on record would come from memory. Stand-ins are compared by shape alone.
      const texts = pushes.filter(({ xml }) => xml.includes('<Content>')).length;
      if (key !== '')
        yield {
          name: `${name}: when they are replayed to that server once more`,
          figures: { texts, sum: again.out.trim().split('\n').at(-1) },
          broken: again.out.includes(`${texts} differ`) ? [] : ['each push is a new one to the server'],
        };

      await writeFile(join(folder.dir, 'clicked.mjs'), clicked('another menu'));
      const changed = { ...settings, DATA_DIR: join(folder.dir, `changed for ${name}`) };
      const other = await serve(folder, changed, replay);
      const titles = other.out.match(/^line \d+ .*$/gm) ?? [];
      yield {
        name: `${name}: when one handler is another one`,
        figures: { clicks, sum: other.out.trim().split('\n').at(-1) },
        broken: [
          ...(other.code === 1 ? [] : ['the exit code is 1']),
          ...(titles.length === clicks && titles.every((title) => title.includes('  event.click  '))
            ? []
            : [`exactly its ${clicks} answers differ, and not ${titles.length}: ${other.err}`]),
        ],
      };
    }
  } finally {
    await folder.remove();
  }
}

/** Attempts in a recording: several in a line where they were sealed together. */
function attemptsIn(text: string, key: string): number {
  const sealer = key === '' ? undefined : createSealer(key, RECORDING_PURPOSE);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => readLine(line, sealer))
    .reduce((sum, read) => sum + (typeof read === 'string' ? 0 : read.length), 0);
}

/** Runs a server for as long as `work` takes, and stops it as an operator does. */
async function serve<T>(
  folder: ServerFolder,
  settings: Readonly<Record<string, string>>,
  work: (port: number) => Promise<T>,
): Promise<T> {
  const server = folder.start(settings);
  const { port } = await server.ready();
  const result = await work(port);
  await server.stop();
  return result;
}

async function concatenate(dir: string, to: string): Promise<string> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  await writeFile(to, texts.join(''));
  return texts.join('');
}
