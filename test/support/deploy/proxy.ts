import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess } from '../processes/end-process.js';
import { sparePort } from '../processes/port-of.js';
import { eventually } from '../time/eventually.js';

/** A proxy that runs one of the samples of `deploy/`, on a port of its own. */
export interface Proxy {
  readonly url: string;
  stop(): Promise<void>;
}

export type ProxyName = 'nginx' | 'caddy';

/** Starts the sample as it is, but for the ports. @throws where the program is not installed */
export async function startProxy(name: ProxyName, upstreams: readonly [number, number]): Promise<Proxy> {
  const port = await sparePort();
  const dir = await mkdtemp(join(tmpdir(), `${name}-`));
  const { program, sample, args, wrap } = KINDS[name];
  if (!existsSync(program))
    throw new Error(`${program} is missing: apt-get install --no-install-recommends nginx-light caddy`);
  const text = (await readFile(sample, 'utf8'))
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${upstreams[0]}`)
    .replaceAll('127.0.0.1:8082', `127.0.0.1:${upstreams[1]}`)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace(/^:80 \{/m, `http://127.0.0.1:${port} {`);
  const path = join(dir, 'sample.conf');
  await writeFile(path, wrap(text));
  const child: ChildProcess = spawn(program, args(dir, path), {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await fetch(url);
  });
  return {
    url: `${url}/wechat`,
    async stop() {
      await endProcess(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Kind {
  readonly program: string;
  readonly sample: string;
  readonly args: (dir: string, path: string) => string[];
  /** Puts what stands around a sample around it: one process that writes nowhere but into its folder. */
  readonly wrap: (sample: string) => string;
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
  (one) => `${one}_temp_path ${one};`,
);

const KINDS: { readonly [name in ProxyName]: Kind } = {
  nginx: {
    program: '/usr/sbin/nginx',
    sample: 'deploy/nginx/wechat-callback.conf',
    args: (dir, path) => ['-p', dir, '-c', path, '-e', join(dir, 'error.log')],
    wrap: (sample) =>
      `daemon off; master_process off; pid nginx.pid; worker_rlimit_nofile 8192; events { worker_connections 4096; }\nhttp { access_log off; ${TEMPORARY.join(' ')}\n${sample}\n}\n`,
  },
  caddy: {
    program: '/usr/bin/caddy',
    sample: 'deploy/caddy/Caddyfile',
    args: (_dir, path) => ['run', '--adapter', 'caddyfile', '--config', path],
    wrap: (sample) => `{\n\tadmin off\n}\n${sample}`,
  },
};
