import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { eventually } from '../time/eventually.js';

/** The built sandbox command as a process of its own, in real time. */
export interface SandboxProcess {
  /** Calls the JSON API. @throws on any status but 200 */
  call<T = unknown>(method: string, path: string, body?: object): Promise<T>;
  /** SIGTERM, as Ctrl-C does. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Ends it in any case. */
  kill(): Promise<void>;
}

/** @param options  of the command, beside `--port 0` */
export async function startSandboxProcess(...options: string[]): Promise<SandboxProcess> {
  const child = spawn(
    process.execPath,
    [resolve('dist/src/cli/main.js'), 'sandbox', '--port', '0', ...options],
    { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  let url = '';
  await eventually(() => {
    url = /^Sandbox: +(http:\S+)$/m.exec(said)?.[1] ?? '';
    if (url === '') throw new Error(`the sandbox does not say where it is: ${said}`);
  }, 60_000);
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    async call<T>(method: string, path: string, body?: object): Promise<T> {
      const response = await fetch(url + path, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      if (response.status !== 200) {
        throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test names the shape that it expects
      return (await response.json()) as T;
    },
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
  };
}
