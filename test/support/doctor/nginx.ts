import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endProcess } from '../processes/end-process.js';
import { sparePort } from '../processes/port-of.js';

const PATHS = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx', '/opt/homebrew/bin/nginx'];
const STARTS_WITHIN_MS = 20_000;

/** A real nginx on loopback, with a prefix, ports and processes of its own. */
export class Nginx {
  readonly port: number;
  readonly tlsPort: number;
  readonly #dir: string;
  #child: ChildProcess | undefined;

  private constructor(dir: string, port: number, tlsPort: number) {
    this.#dir = dir;
    this.port = port;
    this.tlsPort = tlsPort;
  }

  /** Nothing runs yet. @throws where no nginx is installed */
  static async prepare(): Promise<Nginx> {
    if (programPath() === undefined)
      throw new Error('nginx is not installed: apt-get install --no-install-recommends nginx-light');
    return new Nginx(await mkdtemp(join(tmpdir(), 'nginx-')), await sparePort(), await sparePort());
  }

  /** Starts it with these directives in its one server. */
  async run(directives: string): Promise<void> {
    await this.#end();
    const path = join(this.#dir, 'nginx.conf');
    await writeFile(path, this.#configuration(directives));
    const args = ['-p', this.#dir, '-c', path, '-e', join(this.#dir, 'error.log')];
    const child = spawn(programPath() ?? 'nginx', args, { stdio: 'ignore' });
    this.#child = child;
    const untilMs = Date.now() + STARTS_WITHIN_MS;
    while (!(await isListening(this.port))) {
      if (child.exitCode !== null || Date.now() > untilMs)
        throw new Error(`nginx did not start: ${await readFile(join(this.#dir, 'error.log'), 'utf8')}`);
      await pause(20);
    }
  }

  async stop(): Promise<void> {
    await this.#end();
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** One process, which writes nowhere but into its prefix. */
  #configuration(directives: string): string {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${name};`,
    );
    const pem = (name: string): string => resolve(`test/support/doctor/self-signed-${name}.pem`);
    return `daemon off; master_process off; pid nginx.pid;
events {}
http {
  access_log off;
  ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${this.port};
    listen 127.0.0.1:${this.tlsPort} ssl;
    ssl_certificate ${pem('cert')};
    ssl_certificate_key ${pem('key')};
    ${directives}
  }
}
`;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await endProcess(child, 'SIGTERM');
  }
}

const programPath = (): string | undefined => PATHS.find((path) => existsSync(path));

function isListening(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), settle(true)));
    socket.once('error', () => settle(false));
  });
}
