/** Computes ratios within a round, in which all servers had the same conditions, then their median. */
export function summarize(results) {
  const rows = [];
  for (const { name, mode, beside } of results) {
    if (rows.some((row) => row.name === name && row.mode === mode)) continue;
    const own = results.filter((one) => one.name === name && one.mode === mode);
    const against = (other, figure) =>
      spread(
        own.flatMap((one) => {
          const base = results.find((r) => r.name === other && r.mode === mode && r.round === one.round);
          return base === undefined ? [] : [one[figure] / base[figure]];
        }),
      );
    rows.push({
      name,
      mode,
      rounds: own.length,
      cpuByExpress: against('express', 'cpuUs'),
      cpuByCoWechat: against('co-wechat', 'cpuUs'),
      cpuByPassive: against(beside, 'cpuUs'),
      rateByExpress: against('express', 'perSecond'),
      cpuUs: spread(own.map((one) => one.cpuUs)),
      p99Ms: spread(own.map((one) => one.p99Ms)),
      rssMb: spread(own.map((one) => one.rssMb)),
    });
  }
  return rows;
}

/** Median and ends; `undefined` for nothing. */
function spread(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}

const HEAD = ['server', 'mode', 'CPU / F', 'CPU / co-wechat', 'CPU / passive', 'rate / F', '(µs)'];

/** Formats the table: median, minimum and maximum of the rounds. */
export function table(rows) {
  return [
    ...align([HEAD, ...rows.map(line)]),
    '',
    `Medians of ${rows[0]?.rounds ?? 0} interleaved rounds, least and most in brackets. F: a bare Express application that`,
    "answers `success` unread. Passive: the one of ours that answers at once, on the same storage. CPU of the server's process; co-wechat logs and stores nothing, ours does both.",
  ].join('\n');
}

const line = (row) => [
  row.name,
  row.mode,
  ratio(row.cpuByExpress),
  ratio(row.cpuByCoWechat),
  ratio(row.cpuByPassive),
  row.rateByExpress === undefined ? '' : row.rateByExpress.median.toFixed(2),
  `(${row.cpuUs.median.toFixed(0)})`,
];

const ratio = (figure) =>
  figure === undefined
    ? ''
    : `${figure.median.toFixed(2)} [${figure.least.toFixed(2)}–${figure.most.toFixed(2)}]`;

/** The table of the limits: what was measured, where, its goal, and the same of node:http in the same run. */
export function limitsTable(rows) {
  const cells = rows.map(({ what, server, figure, unit, goal, floor }) => [
    what,
    server,
    amount(figure, unit),
    goal === undefined ? '' : amount(goal, unit),
    floor === undefined ? '' : amount(floor, unit),
    goal === undefined ? '' : figure <= goal ? 'yes' : floor > goal ? 'no, nor node:http' : 'no',
  ]);
  return [
    ...align([['what', 'server', 'figure', 'goal', 'node:http', 'reached'], ...cells]),
    '',
    'Safe mode. Loopback, one process for each server, the sender on the same machine.',
  ].join('\n');
}

/** The table of what a push costs Redis. */
export function redisTable(rows) {
  const cells = rows.map(({ what, scripts, commands, bytesIn, bytesOut, cpuUs, memory }) => [
    what,
    ...[scripts, commands].map((figure) => figure.toFixed(1)),
    ...[bytesIn, bytesOut, cpuUs, memory].map((figure) => figure.toFixed(0)),
  ]);
  return align([
    ['per push', 'scripts', 'commands', 'bytes in', 'bytes out', 'CPU in µs', 'memory in bytes'],
    ...cells,
  ]).join('\n');
}

const amount = (figure, unit) =>
  unit === '' ? String(figure) : `${figure.toFixed(figure < 100 ? 1 : 0)} ${unit}`;

function align(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
