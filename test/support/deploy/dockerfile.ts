import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One instruction, lines that go on joined. */
interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What the last stage of a Dockerfile leaves behind. */
export interface Image {
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

export async function readDockerfile(path: string): Promise<Instruction[]> {
  const text = (await readFile(path, 'utf8')).replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { name: name.toUpperCase(), text: rest };
    });
}

/** The files that the ignore file lets in: `*`, then `!name` for each. */
async function allowed(dockerfile: string): Promise<string[]> {
  const lines = (await readFile(`${dockerfile}.dockerignore`, 'utf8')).split('\n');
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
}

/**
 * Carries the steps of a Dockerfile out without Docker: each stage in a folder of its own that stands for `/`, `COPY` from the
 * context or an earlier stage, `RUN` by a shell in its working directory. What a base image brings is that of this machine.
 */
export async function runDockerfile(dockerfile: string, context: string, into: string): Promise<Image> {
  const instructions = await readDockerfile(dockerfile);
  const mayCopy = await allowed(dockerfile);
  const stages = new Map<string, string>();
  let stage = '';
  let root = into;
  let workdir = '/';
  let env: Record<string, string> = {};
  let user: string | undefined;
  let command: string[] = [];
  let healthcheck: string[] = [];
  const inside = (path: string): string => join(root, path.startsWith('/') ? path : join(workdir, path));

  for (const { name, text } of instructions) {
    if (name === 'FROM') {
      stage = / AS (\S+)$/i.exec(text)?.[1] ?? 'last';
      root = join(into, stage);
      stages.set(stage, root);
      [workdir, env, user] = ['/', {}, undefined];
      await mkdir(root, { recursive: true });
    } else if (name === 'WORKDIR') {
      workdir = text;
      await mkdir(inside('.'), { recursive: true });
    } else if (name === 'ENV') {
      for (const [, key = '', value = ''] of text.matchAll(/(\S+?)=(\S+)/g)) env[key] = value;
    } else if (name === 'COPY') {
      const from = /--from=(\S+)/.exec(text)?.[1];
      const paths = text.split(/\s+/).filter((part) => !part.startsWith('--'));
      const to = paths.pop() ?? '.';
      for (const path of paths) {
        if (from === undefined && !mayCopy.includes(path))
          throw new Error(`${path} is copied, and .dockerignore leaves it out`);
        const source = from === undefined ? join(context, path) : join(stages.get(from) ?? '', path);
        const isInto = to === './' || to === '.';
        await cp(source, isInto ? inside(basename(path)) : inside(to), {
          recursive: true,
          filter: (file) => !file.includes('/node_modules'),
        });
      }
    } else if (name === 'RUN') await run(text, inside('.'), env);
    else if (name === 'USER') user = text;
    else if (name === 'CMD') command = JSON.parse(text);
    else if (name === 'HEALTHCHECK') healthcheck = JSON.parse(/CMD (\[.*\])$/.exec(text)?.[1] ?? '[]');
    else if (!['ARG', 'VOLUME', 'EXPOSE', 'STOPSIGNAL'].includes(name))
      throw new Error(`${name} is not known here`);
  }
  return { root, workdir: inside('.'), env, user, command, healthcheck };
}

async function run(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn('/bin/sh', ['-ec', command], {
    cwd,
    // Nothing of the environment of this process but what a shell needs, and where npm's packages are.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...registry(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`RUN ${command} ended with ${String(code)}: ${said.slice(-2_000)}`);
}

const registry = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        /^npm_config_(registry|userconfig|cache)$/.test(entry[0]) && entry[1] !== undefined,
    ),
  );
