import type { Redis } from 'ioredis';
import type { Script } from './script.js';

const gathering = new WeakSet<object>();

/** Runs a script in one round trip, in one write with whatever else is asked for in this turn. */
export async function runScript(
  client: Redis,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  gatherWrites(client);
  try {
    return await client.evalsha(script.sha, keys.length, ...keys, ...args);
  } catch (error) {
    // Redis forgets its scripts when it restarts.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(script.lua, keys.length, ...keys, ...args);
  }
}

/** Teaches Redis the scripts each time it comes (back), so that the first use of each is as quick as the next. */
export function preloadScripts(client: Redis, scripts: readonly Script[]): void {
  const load = () => {
    for (const { lua } of scripts) client.script('LOAD', lua).catch(() => {});
  };
  client.on('ready', load);
  if (client.status === 'ready') load();
}

/**
 * What is sent within this turn of the event loop leaves in one write: as cheap as a pipeline, without its
 * bundle's shared fate and without waiting for the bundle before it.
 */
export function gatherWrites(client: Redis): void {
  const { stream } = client;
  if (gathering.has(stream)) return;
  gathering.add(stream);
  stream.cork();
  setImmediate(() => {
    gathering.delete(stream);
    stream.uncork();
  });
}
