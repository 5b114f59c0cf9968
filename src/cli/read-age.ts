import { UsageInvalid } from './command.js';

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses an age such as `30m`, `2h` or `3d` to ms. @throws UsageInvalid */
export function readAge(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit !== 'm' && unit !== 'h' && unit !== 'd')
    throw new UsageInvalid({
      en: `--since ${text}: such as 30m, 2h or 3d.`,
      zh: `--since ${text}：应为 30m、2h、3d 这样的写法。`,
    });
  return Number(count) * UNITS_MS[unit];
}
