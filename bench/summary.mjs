/** Ratios are taken within a round, where all servers met the same machine; then their median is read. */
export function summarize(results) {
  const rows = [];
  for (const { name, mode } of results) {
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
      cpuByEmbedded: against('embedded', 'cpuUs'),
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

const HEAD = ['server', 'mode', 'CPU / F', 'CPU / co-wechat', 'CPU / embedded', 'rate / F', '(µs)'];

/** The table for people: median, and the least and the most of the rounds. */
export function table(rows) {
  const lines = [HEAD, ...rows.map(line)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...text,
    '',
    `Medians of ${rows[0]?.rounds ?? 0} interleaved rounds, least and most in brackets. F: a bare Express application that`,
    "answers `success` unread. CPU of the server's process; co-wechat logs and stores nothing, ours does both.",
  ].join('\n');
}

const line = (row) => [
  row.name,
  row.mode,
  ratio(row.cpuByExpress),
  ratio(row.cpuByCoWechat),
  ratio(row.cpuByEmbedded),
  row.rateByExpress === undefined ? '' : row.rateByExpress.median.toFixed(2),
  `(${row.cpuUs.median.toFixed(0)})`,
];

const ratio = (figure) =>
  figure === undefined
    ? ''
    : `${figure.median.toFixed(2)} [${figure.least.toFixed(2)}–${figure.most.toFixed(2)}]`;
