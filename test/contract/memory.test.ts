import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import { stateStoreContract } from './state-store.contract.js';

// The tests' own store promises the same, else what they show would say little.
stateStoreContract('the tests', async () => {
  const store = new MemoryStateStore();
  return { store, reopen: async () => store, close: () => store.close() };
});
