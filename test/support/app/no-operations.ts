import type { OperationsView } from '../../../src/operations/operations.js';

/** Operations of a server without metrics, alarms and troubles. */
export const noOperations: OperationsView = {
  metrics: undefined,
  alarms: { inForce: () => [], test: () => Promise.resolve([]) },
  activity: {
    refusals: () => [],
    probes: () => ({}),
    acceptedAtMs: () => undefined,
    storageSinceMs: () => undefined,
  },
  handlers: { figures: () => [] },
  lastHour: { figures: () => ({ minutes: [] }) },
  troubles: () => Promise.resolve([]),
};
