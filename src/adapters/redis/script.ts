import { createHash } from 'node:crypto';

/** An atomic script. `keys` precede the arguments; see the head of each text. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Functions that read stored texts. Expiry is compared with the caller's clock. */
export const READERS = `
local function record(raw, now)
  if not raw then return nil end
  local rev, untilMs, size, at = string.match(raw, '^(%d+) (%d+) (%d+) ()')
  if tonumber(untilMs) <= now then return nil end
  return rev, string.sub(raw, at + size), string.sub(raw, at, at + size - 1)
end
local function dated(raw, now)
  if not raw then return nil end
  local untilMs, at = string.match(raw, '^(%d+) ()')
  if tonumber(untilMs) <= now then return nil end
  return string.sub(raw, at)
end
`;
