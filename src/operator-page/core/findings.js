/** A failure within this time is a finding. */
const RECENT_MS = 3_600_000;

/**
 * Lists the findings for the operator, the worst first: `{ level, name, values }` with the level `bad` or `warm`. Alarms
 * are not among them.
 */
export function findings({ status, 'dead-letters': deadLetters }, nowMs) {
  if (status === undefined || status === null) return [];
  const { storage, accounts, accessPoints, handlers, refusals, alarms } = status;
  /** True if an active alarm reports it already. */
  const isAlarm = (name, account = '') =>
    alarms.some((alarm) => alarm.alarm === name && (account === '' || alarm.account === account));
  const failedPoints = accessPoints.points.filter(({ trust }) => trust === 'failed');
  const signed = refusals.filter((refusal) => refusal.signed);
  const count = deadLetters?.count ?? 0;
  const found = [
    status.status === 'not-ready' && !storage.failing && { level: 'bad', name: 'closed', values: [] },
    storage.failing && !isAlarm('storage') && { level: 'bad', name: 'failing', values: [] },
    ...accounts
      .filter(({ name, token }) => token?.trouble !== undefined && !isAlarm('token', name))
      .map(({ name, token }) => ({ level: 'bad', name: 'token', values: [name, token.trouble] })),
    failedPoints.length > 0 && {
      level: failedPoints.length === accessPoints.points.length ? 'bad' : 'warm',
      name: 'accessPoints',
      values: [failedPoints.map(({ host }) => host)],
    },
    storage.degraded &&
      !isAlarm('storage') && {
        level: 'warm',
        name: 'degraded',
        values: [storage.spilledRecords, storage.since === undefined ? undefined : Date.parse(storage.since)],
      },
    signed.length > 0 &&
      !isAlarm('refusals') && {
        level: 'warm',
        name: 'refusals',
        values: [signed.reduce((sum, refusal) => sum + refusal.count, 0), signed[0].reason],
      },
    ...handlers
      .filter(
        ({ lastError }) =>
          lastError !== undefined && nowMs - lastError.atMs < RECENT_MS && !isAlarm('handler_errors'),
      )
      .map(({ name, lastError }) => ({ level: 'warm', name: 'handler', values: [name, lastError] })),
    count > 0 && { level: 'warm', name: 'deadLetters', values: [count] },
  ].filter(Boolean);
  return found.toSorted((a, b) => Number(b.level === 'bad') - Number(a.level === 'bad'));
}

/** Returns `good`, `warm` or `bad`; `unknown` before the first data. */
export function levelOf(parts, found) {
  if (parts.status === undefined || parts.status === null) return 'unknown';
  if (parts.status.alarms.length > 0 || found.some(({ level }) => level === 'bad')) return 'bad';
  return found.length > 0 ? 'warm' : 'good';
}
