import { seeded } from '../soak/traffic.js';
import { startStation, type Posted, type StationOptions } from './station.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BEIJING_MS = 8 * HOUR;

/** Pushes an hour by the hour of the day in Beijing: night, morning, lunch, evening. */
const PER_HOUR = [3, 2, 1, 1, 1, 2, 4, 8, 12, 14, 14, 18, 36, 36, 18, 14, 14, 16, 20, 24, 26, 22, 12, 6];
/** A mass message brings so many followers at once, each day at these hours. */
const BURST = 80;
const BURST_HOURS = [12, 20];
const BURST_LASTS_MS = 30 * SECOND;

/** The traffic of an account that is well, and the alarms that were raised all the same. */
export interface HealthyWeek {
  readonly pushes: number;
  readonly alarms: readonly Posted[];
  readonly platform: readonly number[];
}

/** Most handlers answer at once, some take six seconds, a few throw. */
function contentFor(dice: number): string {
  if (dice < 0.04) return 'slow 6000';
  return dice < 0.05 ? 'throw' : 'hello';
}

export async function playHealthyWeek(
  days: number,
  seed: number,
  options: StationOptions = {},
): Promise<HealthyWeek> {
  const station = await startStation(options);
  const { clock } = station;
  const random = seeded(seed);
  let pushes = 0;
  const type = (): void => {
    pushes += 1;
    station.type(contentFor(random()), `oHealthy${Math.floor(random() * 500)}`);
  };
  try {
    const endMs = clock.now() + days * 24 * HOUR;
    let burstHour = -1;
    while (clock.now() < endMs) {
      const hour = new Date(clock.now() + BEIJING_MS).getUTCHours();
      if (BURST_HOURS.includes(hour) && burstHour !== hour) {
        for (let count = 0; count < BURST; count += 1) {
          type();
          await station.pass(BURST_LASTS_MS / BURST);
        }
      }
      burstHour = hour;
      type();
      await station.pass((-Math.log(1 - random()) * HOUR) / (PER_HOUR[hour] ?? 1));
    }
    return { pushes, alarms: station.posted, platform: station.platform };
  } finally {
    await station.stop();
  }
}
