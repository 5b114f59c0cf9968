import type { Incident } from './incidents.js';
import { startStation } from './station.js';

/** When who noticed an incident, in seconds since the start of the story. */
export interface IncidentEnd {
  readonly ours: number | undefined;
  readonly platform: number | undefined;
  readonly firstLoss: number | undefined;
  readonly others: readonly string[];
  /** What is not as it should be. */
  readonly broken: readonly string[];
}

export async function playIncident(incident: Incident): Promise<IncidentEnd> {
  const station = await startStation(incident.options);
  try {
    await incident.play(station);
    const { posted, startedAtMs } = station;
    const seconds = (atMs: number | undefined) =>
      atMs === undefined ? undefined : (atMs - startedAtMs) / 1_000;
    const began = posted.filter(({ phase }) => phase === 'began');
    const ours = seconds(began.find(isOf(incident))?.atMs);
    const platform = seconds(station.platform[0]);
    const firstLoss = seconds(station.lost[0]);
    const others = began.filter((one) => !isOf(incident)(one)).map(({ alarm }) => alarm);
    return { ours, platform, firstLoss, others, broken: faultsOf(incident, { ours, platform, firstLoss }) };
  } finally {
    await station.stop();
  }
}

const isOf =
  ({ alarm, about }: Incident) =>
  (posted: { readonly alarm: string; readonly about?: string }): boolean =>
    posted.alarm === alarm && (about === undefined || posted.about === about);

function faultsOf(
  { alarm, noticedBy, isAboutLosses }: Incident,
  { ours, platform, firstLoss }: Pick<IncidentEnd, 'ours' | 'platform' | 'firstLoss'>,
): string[] {
  if (ours === undefined) return [`${alarm} was not raised`];
  const faults: string[] = [];
  if (noticedBy === 'WeChat' && platform === undefined)
    faults.push('WeChat raised no alarm: the story is too short');
  if (noticedBy === 'a user' && firstLoss === undefined)
    faults.push('no answer was lost: the story is too short');
  if (noticedBy === 'nobody' && platform !== undefined)
    faults.push(`WeChat raised its alarm at ${platform} s`);
  if (noticedBy === 'nobody' && firstLoss !== undefined && isAboutLosses !== true)
    faults.push(`an answer was lost at ${firstLoss} s`);
  if (platform !== undefined && ours >= platform)
    faults.push(`WeChat was first: ${platform} s, ours ${ours} s`);
  if (noticedBy === 'a user' && firstLoss !== undefined && ours >= firstLoss)
    faults.push(`an answer was lost before: at ${firstLoss} s, ours ${ours} s`);
  return faults;
}
