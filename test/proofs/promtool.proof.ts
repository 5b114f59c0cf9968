import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Patient } from '../support/doctor/patient.js';
import type { Proof } from '../support/proof/proof.js';

const PATHS = ['/usr/bin/promtool', '/usr/local/bin/promtool', '/opt/homebrew/bin/promtool'];

/** Returns the faults that promtool finds. */
async function findings(args: readonly string[], input = ''): Promise<string> {
  const program = PATHS.find((path) => existsSync(path));
  if (program === undefined)
    throw new Error('promtool is not installed: apt-get install --no-install-recommends prometheus');
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return code === 0 ? '' : said.trim() || `exit code ${String(code)}`;
}

export default {
  about: 'Prometheus takes the metrics of a server that was pushed to, and the alert rules of deploy/.',
  limitMinutes: 2,
  async *run() {
    const patient = await Patient.admit();
    try {
      await patient.diagnose();
      await patient.sandbox.push({ kind: 'message.text', fields: { Content: '7' } });
      const response = await fetch(`http://127.0.0.1:${patient.env['ADMIN_PORT']}/metrics`);
      const text = await response.text();
      const pushes = /^wechat_pushes_total\{.*outcome="replied"\} 1$/m.test(text);
      const metrics = await findings(['check', 'metrics'], text);
      yield {
        name: 'promtool check metrics',
        figures: { samples: text.split('\n').filter((line) => line.startsWith('wechat_')).length },
        broken: [...(pushes ? [] : ['a push is counted']), ...(metrics === '' ? [] : [metrics])],
      };
      const rules = await findings(['check', 'rules', 'deploy/prometheus/alerts.yml']);
      yield { name: 'promtool check rules', broken: rules === '' ? [] : [rules] };
    } finally {
      await patient.discharge();
    }
  },
} satisfies Proof;
