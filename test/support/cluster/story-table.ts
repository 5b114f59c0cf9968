import { serverName, WECHAT, type Behaviour, type Story } from './model-story.js';
import type { Happened } from './model-world.js';

const WIDTH = 38;

/** A story and what happened in it, as a table: a line for each moment, a column for WeChat and for each server. */
export function tableOf(story: Story, happened: readonly Happened[]): string {
  const columns = [WECHAT, ...story.clocks.map((_skew, process) => serverName(process))];
  const row = (time: string, cells: readonly string[]): string =>
    `${time.padStart(7)}  ${cells.map((cell) => cell.padEnd(WIDTH)).join('')}`.trimEnd();
  const lines = happened.map(({ atMs, who, what }) =>
    row(
      String(atMs),
      columns.map((column) => (column === who ? what : '')),
    ),
  );
  return [...preface(story), '', row('ms', columns), ...lines].join('\n');
}

function preface({ channel, clocks, latencies, pushes, sends }: Story): string[] {
  return [
    `a ${channel} account; the servers' clocks are off by ${clocks.join(', ')} ms; commands take ${latencies.join(', ')} ms in turn`,
    ...pushes.map(
      ({ atMs, behaviour, attempts, twin }, push) =>
        `push ${push} comes at ${atMs} ms, to ${attempts.map(goesTo).join(', then ')}` +
        `${twin === undefined ? '' : `, and at the same time to ${goesTo(twin)}`}; its handler ${behaves(behaviour)}`,
    ),
    ...sends.map(({ number, is }) => `message ${number} to WeChat: ${is}`),
  ];
}

const goesTo = ({ process, bodyMs }: Story['pushes'][number]['attempts'][number]): string =>
  `${serverName(process)}${bodyMs === 0 ? '' : ` (its body takes ${bodyMs} ms)`}`;

function behaves(behaviour: Behaviour): string {
  switch (behaviour.type) {
    case 'streams':
      return `says a sentence at ${behaviour.atMs.join(', ')} ms`;
    case 'defers':
      return `defers after ${behaviour.afterMs} ms, and \`later\` takes ${behaviour.laterMs} ms`;
    default:
      return `${behaviour.type} after ${behaviour.afterMs} ms`;
  }
}
