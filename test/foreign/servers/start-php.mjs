// Starts PHP's own web server with a file, on a free port that it cannot choose itself, and tells the port when it listens.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

const [file = ''] = process.argv.slice(2);
const given = Number(process.env.PORT ?? 0);
const port =
  given ||
  (await new Promise((free) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => free(typeof address === 'object' ? address?.port : 0));
    });
  }));
const env = { ...process.env, PHP_CLI_SERVER_WORKERS: '8' };
const php = spawn('php', ['-S', `127.0.0.1:${port}`, file], { env, stdio: 'ignore', detached: true });
php.once('close', (code) => process.exit(code ?? 1));
// Its workers are a group of processes, and go with it.
process.once('SIGTERM', () => {
  if (php.pid !== undefined) process.kill(-php.pid);
});

function tryToConnect() {
  connect(port, '127.0.0.1', () => console.log(port)).once('error', () => setTimeout(tryToConnect, 50));
}
tryToConnect();
