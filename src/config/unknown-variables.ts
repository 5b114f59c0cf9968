import type { Words } from '../protocol/words.js';
import { suggestName } from './suggest-name.js';
import { variableNames } from './variables.js';

/** Names that systems, shells and other programs set, and that are similar to ours. */
const foreignNames = new Set([
  'HOSTS',
  'PORTS',
  'SHOST',
  'GHOST',
  'VHOST',
  'DBHOST',
  'DBPORT',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
]);

/**
 * Finds variables that were probably meant for us. An unknown `WECHAT_…` is a fault. Any other name within two edits of
 * one of ours is a warning. Never reads values.
 */
export function findUnknownVariables(env: NodeJS.ProcessEnv): { faults: Words[]; warnings: Words[] } {
  const ours = variableNames.flatMap((name) => [name, `${name}_FILE`]);
  const known = new Set(ours);
  const faults: Words[] = [];
  const warnings: Words[] = [];
  for (const name of Object.keys(env)) {
    if (known.has(name) || env[name] === '') continue;
    if (/^WECHAT_/i.test(name)) {
      const nearest = suggestName(name, ours, Math.max(2, Math.floor(name.length / 3)));
      faults.push({
        en: `${name} is not a variable of this server. ${
          nearest === undefined ? 'Remove it, or see' : `Rename it to ${nearest} if that is meant, or see`
        } .env.example for the names.`,
        zh: `${name} 不是本服务的变量。${
          nearest === undefined ? '请删掉它' : `如果想写的是 ${nearest}，请改过来`
        }；所有变量名见 .env.example。`,
      });
    } else if (!foreignNames.has(name.toUpperCase())) {
      const nearest = name.length >= 5 ? suggestName(name, ours, 2) : twisted(name, ours);
      if (nearest !== undefined)
        warnings.push({
          en: `${name} is not a variable of this server and is ignored. Did you mean ${nearest}?`,
          zh: `${name} 不是本服务的变量，已忽略。是不是 ${nearest}？`,
        });
    }
  }
  return { faults, warnings };
}

/**
 * Finds a name of ours with the same letters. Short names are similar to many words, so only another order of the
 * letters counts.
 */
function twisted(name: string, ours: readonly string[]): string | undefined {
  const letters = (text: string) => Array.from(text.toUpperCase()).sort().join('');
  return ours.find((own) => letters(own) === letters(name));
}
