import { readFileSync } from 'node:fs';
import { createCipher } from '../../../src/protocol/cipher.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { readPush } from '../../../src/protocol/push/push.js';
import { text } from '../../../src/protocol/push/read-field.js';
import { parseXml } from '../../../src/protocol/xml.js';
import { FIXTURE_ACCOUNT, PREVIOUS_FIXTURE_KEY, pushAsWeChat, type WirePush } from './seal.js';
import type { CipherMode } from './wire-push.js';

/** A sample push, and its expected result. */
export interface FixturePush {
  readonly file: string;
  readonly push: WirePush;
  /** `answered`: by a handler; `probe`: `success` without one; `refused`: 403. */
  readonly expected: 'answered' | 'probe' | 'refused';
  /** Id of an answered push; all its attempts share it. */
  readonly pushId: string | undefined;
}

const REFUSED = /^hostile\.|^bad\.(mismatched-tag|truncated|empty)\./;
const PROBES = new Set(['bad.no-msgtype.xml', 'probe.cloudrun-check.xml']);
/** Sealed ones that nobody may open. */
const FORGED = new Set(['message.text.safe-wrong-appid.xml', 'message.text.safe-bad-signature.xml']);
/** The one that holds the plain fields beside the sealed ones. */
const BOTH = 'message.text.compat.xml';

const APP_ID = toAppId(FIXTURE_ACCOUNT.appId);

/** All rows of the index as pushes to a server of this mode: as they are where they came sealed, else sealed for it. */
export function fixturePushes(mode: CipherMode): FixturePush[] {
  const rows = readFileSync('fixtures/INDEX.tsv', 'utf8').trimEnd().split('\n').slice(1);
  return rows.map((row, index) => {
    const [file = '', , , note = ''] = row.split('\t');
    const body = readFileSync(`fixtures/pushes/${file}`, 'utf8');
    const [, query] = note.split('query: ');
    const isSealed = query !== undefined;
    const expected = whatBecomesOf(file, mode, isSealed);
    const inner = isSealed && mode !== 'plaintext' && expected === 'answered' ? open(file, body) : body;
    return {
      file,
      push: isSealed
        ? { query: Object.fromEntries(new URLSearchParams(query)), body }
        : sign(body, mode, index),
      expected,
      pushId: expected === 'answered' ? readPush(inner, APP_ID)?.id : undefined,
    };
  });
}

function whatBecomesOf(file: string, mode: CipherMode, isSealed: boolean): FixturePush['expected'] {
  if (REFUSED.test(file) || FORGED.has(file)) return 'refused';
  if (PROBES.has(file)) return 'probe';
  return isSealed && mode === 'plaintext' && file !== BOTH ? 'refused' : 'answered';
}

/** Each under a nonce of its own: in plaintext mode a signature is good for one push only. */
function sign(body: string, mode: CipherMode, index: number): WirePush {
  // Beside plain fields only where there is an XML to put it into.
  const how = mode === 'compatible' && !/<\/xml>\s*$/.test(body) ? 'safe' : mode;
  return pushAsWeChat(body, { mode: how, nonce: String(1_000_000 + index) });
}

function open(file: string, body: string): string {
  const key = file.includes('oldkey') ? PREVIOUS_FIXTURE_KEY : FIXTURE_ACCOUNT.encodingAesKey;
  return createCipher(key, APP_ID).open(text(parseXml(body), 'Encrypt'));
}

/** An answer as the user would see it: opened where it came sealed, without the moment at which it was made. */
export function openAnswer(file: string, answer: string): string {
  const isSealed = answer.includes('<Encrypt>');
  const inner = isSealed ? open(file, answer) : answer;
  return `${isSealed ? 'sealed ' : ''}${inner.replace(/<CreateTime>\d+<\/CreateTime>/, '')}`;
}
