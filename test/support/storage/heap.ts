import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects the garbage, of earlier turns of the event loop too, and returns the bytes of the heap that are in use. */
export async function usedHeapBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  await new Promise((resume) => setImmediate(resume));
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
