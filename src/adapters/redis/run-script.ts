import type { Redis } from 'ioredis';
import { ScriptCommand } from './script-command.js';
import type { Script } from './script.js';

const gathering = new WeakSet<object>();

/** Runs a script in one round trip, in one write with the other commands of this turn. */
export function runScript(
  client: Redis,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  gatherWrites(client);
  const command = new ScriptCommand(script, keys, args);
  client.sendCommand(command);
  return command.promise.catch((error: unknown) => {
    // Redis loses its scripts when it restarts.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(script.lua, keys.length, ...keys, ...args);
  });
}

/** Loads the scripts at each connection, so that the first use of each is as fast as later ones. */
export function preloadScripts(client: Redis, scripts: readonly Script[]): void {
  const load = () => {
    for (const { lua } of scripts) client.script('LOAD', lua).catch(() => {});
  };
  client.on('ready', load);
  if (client.status === 'ready') load();
}

/**
 * Sends all commands of this turn of the event loop in one write. That is as cheap as a pipeline, but each command succeeds or fails alone.
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
