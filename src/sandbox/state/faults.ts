import type { Fault, FaultRequest } from '../types/types.js';

/** Stores the simulated faults of the API. */
export interface FaultStore {
  add(request: FaultRequest): Fault;
  remove(id: string): boolean;
  clear(): void;
  list(): readonly Fault[];
  /** Returns the faults of one call, and counts it against each. */
  take(path: string, accessPoint: string): readonly Fault[];
}

export function createFaultStore(changed: (faults: readonly Fault[]) => void): FaultStore {
  const faults = new Map<string, Fault>();
  let last = 0;
  const list = (): readonly Fault[] => [...faults.values()];
  return {
    list,
    add(request) {
      last += 1;
      const fault: Fault = { path: '*', accessPoint: '*', calls: 1, ...request, id: `f${last}` };
      faults.set(fault.id, fault);
      changed(list());
      return fault;
    },
    remove(id) {
      const known = faults.delete(id);
      if (known) changed(list());
      return known;
    },
    clear() {
      faults.clear();
      changed([]);
    },
    take(path, accessPoint) {
      const fits = (want: string, is: string): boolean => want === '*' || want === is;
      const taken = list().filter((fault) => fits(fault.path, path) && fits(fault.accessPoint, accessPoint));
      for (const fault of taken) {
        if (fault.calls === -1) continue;
        if (fault.calls <= 1) faults.delete(fault.id);
        else faults.set(fault.id, { ...fault, calls: fault.calls - 1 });
      }
      if (taken.length > 0) changed(list());
      return taken;
    },
  };
}
