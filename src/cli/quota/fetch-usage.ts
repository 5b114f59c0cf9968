import { ApiRefused } from '../../api/api-error.js';
import { bindCatalogue } from '../../api/catalogue/catalogue.js';
import { rowOf } from '../../api/catalogue/endpoint.js';
import { QUOTAS } from '../../api/catalogue/quotas.js';
import type { Api } from '../../api/client.js';

/** Calls of one API today, and their limit. */
export interface Usage {
  readonly path: string;
  /** Documented limit of a new account. */
  readonly documented?: number;
  readonly limit?: number;
  readonly used?: number;
  readonly left?: number;
  /** Reason of missing figures. */
  readonly refused?: string;
}

/** Invalid path, unknown path, or not available to this account. */
const NO_FIGURES: readonly number[] = [76003, 76021, 76022];

/** Reads the usage, one call per path; these calls count against no quota. */
export async function fetchUsage(api: Api, paths: readonly string[]): Promise<readonly Usage[]> {
  const usages: Usage[] = [];
  for (const path of paths) {
    const figure = documented.get(path);
    const known = { path, ...(figure !== undefined && { documented: figure }) };
    try {
      const { quota } = await api.quotas.get({ cgi_path: path });
      usages.push({ ...known, limit: quota.daily_limit, used: quota.used, left: quota.remain });
    } catch (error) {
      if (!(error instanceof ApiRefused) || !NO_FIGURES.includes(error.errcode)) throw error;
      usages.push({ ...known, refused: `${error.errcode} ${error.text}` });
    }
  }
  return usages;
}

/** Returns every API of the catalogue with a daily quota. */
export const pathsWithQuota = (): readonly string[] => [...documented.keys()];

const documented: ReadonlyMap<string, number> = new Map(
  Object.values(bindCatalogue(() => Promise.reject(new Error('rows are only looked at'))))
    .flatMap((family) => Object.values<object>(family))
    .map(rowOf)
    .flatMap((row) => {
      const quota = row?.quota === undefined ? undefined : QUOTAS[row.quota];
      return row !== undefined && quota?.per === 'day' ? [[row.path, quota.account] as const] : [];
    }),
);
