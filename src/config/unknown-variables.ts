import { suggestName } from './suggest-name.js';
import { variableNames } from './variables.js';

/** Names that systems, shells and other programs set and that come near to one of ours. */
const foreignNames = new Set(['HOSTS', 'PORTS', 'SHOST', 'GHOST', 'VHOST', 'DBHOST', 'DBPORT']);

/**
 * Looks for variables that were probably meant for us. An unknown `WECHAT_…` can be meant for nobody else: a fault.
 * Anything else within two edits of a name of ours is a warning. Values are never looked at.
 */
export function findUnknownVariables(env: NodeJS.ProcessEnv): { faults: string[]; warnings: string[] } {
  const ours = variableNames.flatMap((name) => [name, `${name}_FILE`]);
  const known = new Set(ours);
  const faults: string[] = [];
  const warnings: string[] = [];
  for (const name of Object.keys(env)) {
    if (known.has(name) || env[name] === '') continue;
    if (/^WECHAT_/i.test(name)) {
      const nearest = suggestName(name, ours, Math.max(2, Math.floor(name.length / 3)));
      const hint =
        nearest === undefined ? 'Remove it, or see' : `Rename it to ${nearest} if that is meant, or see`;
      faults.push(`${name} is not a variable of this server. ${hint} .env.example for the names.`);
    } else if (!foreignNames.has(name.toUpperCase())) {
      const nearest = name.length >= 5 ? suggestName(name, ours, 2) : twisted(name, ours);
      if (nearest !== undefined)
        warnings.push(`${name} is not a variable of this server and is ignored. Is ${nearest} meant?`);
    }
  }
  return { faults, warnings };
}

/** A short name is near to many words: only one with the letters of ours in another order is meant for us. */
function twisted(name: string, ours: readonly string[]): string | undefined {
  const letters = (text: string) => Array.from(text.toUpperCase()).sort().join('');
  return ours.find((own) => letters(own) === letters(name));
}
