import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Loaded before the server: its wall clock goes wrong by as many ms as the file beside it says. */
const MODULE = `
import { readFileSync } from 'node:fs';
const file = new URL('./step', import.meta.url);
const real = Date.now;
let stepMs = 0;
setInterval(() => { try { stepMs = Number(readFileSync(file, 'utf8')); } catch {} }, 20).unref();
Date.now = () => real() + stepMs;
`;

/** The wall clock of servers, which can be stepped while they run. */
export interface SteppedClock {
  /** For the environment of a server. */
  readonly nodeOptions: string;
  /** Sets the clock so far from the right time. */
  step(ms: number): Promise<void>;
  remove(): Promise<void>;
}

export async function makeSteppedClock(): Promise<SteppedClock> {
  const dir = await mkdtemp(join(tmpdir(), 'wechat-clock-'));
  const path = join(dir, 'clock.mjs');
  await writeFile(path, MODULE);
  return {
    nodeOptions: `--import ${pathToFileURL(path).href}`,
    step: (ms) => writeFile(join(dir, 'step'), String(ms)),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
