import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/sandbox.js';
import { ManualClock } from '../../support/time/manual-clock.js';

/** Small enough that a server's deadline of 4.5 s and WeChat's of 5 s never fall into one step. */
const STEP_MS = 250;

const MOST_PATIENCE_MS = 2_000;

/**
 * Lets sockets on loopback, and files, do what they are about to do. What a disk takes is no matter of the clock that
 * we move, so as long as a file is being written nothing moves.
 */
export async function calm(): Promise<void> {
  const untilMs = Date.now() + MOST_PATIENCE_MS;
  do {
    for (let turn = 0; turn < 12; turn += 1) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 1);
    });
  } while (busy() && Date.now() < untilMs);
}

function busy(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(FSReq|TCPConnectWrap|.*WriteWrap)/.test(name));
}

/** A started sandbox on a clock that stands still but for the steps in which a scenario waits. */
export async function startDrivenSandbox(
  options: SandboxOptions = {},
  clock = new ManualClock(Date.UTC(2026, 5, 1, 4)),
): Promise<{ sandbox: Sandbox; clock: ManualClock; url: string }> {
  const sandbox = createSandbox({
    port: 0,
    clock,
    async drive() {
      await calm();
      await calm();
      await clock.advance(STEP_MS);
      await calm();
    },
    ...options,
  });
  const { port } = await sandbox.start();
  return { sandbox, clock, url: `http://127.0.0.1:${port}` };
}
