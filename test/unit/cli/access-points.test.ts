import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { formatPoints } from '../../../src/cli/access-points.js';
import { runCommandLine } from '../../../src/cli/run-command-line.js';
import { portOf } from '../../support/processes/port-of.js';

const before = process.env['WECHAT_API_BASE_URLS'];
const closing: (() => unknown)[] = [];
afterEach(() => {
  if (before === undefined) delete process.env['WECHAT_API_BASE_URLS'];
  else process.env['WECHAT_API_BASE_URLS'] = before;
  for (const close of closing.splice(0)) close();
});

async function run(urls: readonly string[], ...args: string[]) {
  process.env['WECHAT_API_BASE_URLS'] = urls.join(',');
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const code = await runCommandLine(['access-points', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function host(status = 200): Promise<string> {
  const server = createServer((_incoming, response) => {
    response.writeHead(status).end('{"errcode":41001,"errmsg":"access_token missing"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return `http://127.0.0.1:${portOf(server)}`;
}

describe('given the command access-points', () => {
  test('when a host answers and one does not, then both are told, an order is recommended, and the exit code is 1', async () => {
    const [ill, well] = [await host(502), await host()];
    const { code, out } = await run([ill, well], '--rounds', '2');
    expect(out).toMatch(/HOST +DNS +CONNECT +TLS +ANSWER +TOTAL +ANSWERED +FAILED/);
    expect(out).toContain('2 server-error');
    expect(out).toContain(`WECHAT_API_BASE_URLS=${well},${ill}`);
    expect(code).toBe(1);
    const told: unknown = JSON.parse((await run([ill, well], '--rounds', '1', '--json')).out);
    expect(told).toMatchObject({
      rounds: 1,
      points: [
        { url: ill, answered: 0, failures: { 'server-error': 1 } },
        { url: well, answered: 1, connectMs: expect.any(Number), answerMs: expect.any(Number) },
      ],
      recommended: [well, ill],
    });
  });

  test('when all answer as they should, then the order is right and the exit code is 0', async () => {
    expect(await run([await host()])).toMatchObject({
      code: 0,
      out: expect.stringContaining('current order is the best'),
    });
  });

  test('when it is called wrongly, then the exit code says how', async () => {
    expect(await run(['http://127.0.0.1:1'], '--rounds', '0')).toMatchObject({ code: 2 });
    expect(await run(['http://127.0.0.1:1'], '--rounds', 'x')).toMatchObject({ code: 2 });
    expect(await run(['nonsense'])).toMatchObject({
      code: 78,
      err: expect.stringContaining('WECHAT_API_BASE_URLS'),
    });
  });

  test('when it is printed, then the columns are aligned', () => {
    const table = formatPoints([
      {
        url: 'https://api.weixin.qq.com',
        answered: 5,
        failures: {},
        dnsMs: 1,
        connectMs: 20,
        tlsMs: 40.5,
        answerMs: 30,
        totalMs: 90.5,
      },
      { url: 'http://b', answered: 0, failures: { dns: 4, 'connect-timeout': 1 } },
    ]);
    expect(table.split('\n')).toEqual([
      'HOST               DNS  CONNECT   TLS  ANSWER  TOTAL  ANSWERED  FAILED',
      'api.weixin.qq.com  1.0     20.0  40.5    30.0   90.5         5  -',
      'http://b             -        -     -       -      -         0  4 dns, 1 connect-timeout',
    ]);
  });
});
