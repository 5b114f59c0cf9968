import { createServer } from 'node:net';
import type { Words } from '../../protocol/words.js';

/** A port that a process of `wechat-callback dev` will listen on, by the name of its setting. */
export interface WantedPort {
  readonly name: string;
  readonly port: number;
}

/** Returns the ports that are not free at 127.0.0.1. */
export async function takenPorts(wanted: readonly WantedPort[]): Promise<readonly WantedPort[]> {
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  return wanted.filter((_, index) => free[index] === false);
}

/** Names all taken ports, with settings that would work. */
export async function explainTakenPorts(taken: readonly WantedPort[]): Promise<Words> {
  const names = taken.map(({ name, port }) => `${port} (${name})`).join(', ');
  const others = await Promise.all(
    taken.map(async ({ name, port }) => `${name}=${await freePortAbove(port)}`),
  );
  return {
    en:
      `${taken.length === 1 ? 'This port is' : 'These ports are'} taken, or not open to this user: ${names}.\n` +
      `  Find who listens: ss -ltnp\n` +
      `  Or use others, in the environment or in .env: ${others.join(' ')}`,
    zh:
      `端口被占用，或者当前用户不能使用：${names}。\n` +
      `  查看谁在监听：ss -ltnp\n` +
      `  或者换端口，写在环境变量或 .env 里：${others.join(' ')}`,
  };
}

/** Tries every tenth port, so that the three of `dev` do not collide. */
async function freePortAbove(port: number): Promise<number> {
  const first = port < 1024 ? 8080 : port + 100;
  for (let candidate = first; candidate < first + 100; candidate += 10)
    if (await isFree(candidate)) return candidate;
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port }, () => probe.close(() => resolve(true)));
  });
}
