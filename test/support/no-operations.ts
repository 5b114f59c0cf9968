import type { OperationsView } from '../../src/operations/operations.js';

/** The operations of a server that nobody watches. */
export const noOperations: OperationsView = {
  metrics: undefined,
  alarms: { inForce: () => [], test: () => Promise.resolve([]) },
  troubles: () => Promise.resolve([]),
};
