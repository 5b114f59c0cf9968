/** A fault of listener or pipeline, as a change of the source text, and the quick suite that has to notice it. */
export interface SourceMutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly suite: string;
}

const SIGNATURE = 'src/protocol/signature.ts';
const ENVELOPE = 'src/protocol/envelope.ts';
const CIPHER = 'src/protocol/cipher.ts';
const QUERY = 'src/protocol/callback-query.ts';
const ADMISSION = 'src/pipeline/admission.ts';
const RECEIVE = 'src/pipeline/receive.ts';
const ATTEMPTS = 'src/pipeline/run/pending-attempts.ts';
const ACCESS = 'src/http/admin-access.ts';
const STATE = 'src/http/login-state.ts';
const TARGET = 'src/http/redirect-target.ts';
const SCRUB = 'src/adapters/log/scrub-line.ts';
const DOWNLOAD = 'src/adapters/http/public-download.ts';

const HANDSHAKE = 'test/http/handshake.test.ts';
const REFUSALS = 'test/http/refusals.test.ts';
const CORPUS = 'test/http/attack-corpus.test.ts';
const OF_SIGNATURES = 'test/unit/protocol/signature.test.ts';
const OF_CIPHERS = 'test/unit/protocol/cipher.test.ts';
const OF_ATTEMPTS = 'test/unit/pipeline/run/pending-attempts.test.ts';
const OF_SESSIONS = 'test/http/operator-session.test.ts';
const OAUTH = 'test/http/oauth.test.ts';
const OF_LINES = 'test/unit/adapters/log/scrub-line.test.ts';
const OF_DOWNLOADS = 'test/unit/adapters/http/public-download.test.ts';

export const SOURCE_MUTANTS: readonly SourceMutant[] = [
  // Signatures
  {
    name: 'any signature of the right length is right',
    file: SIGNATURE,
    from: 'return difference === 0;',
    to: 'return true;',
    suite: OF_SIGNATURES,
  },
  {
    name: 'only the last digit of a signature is compared',
    file: SIGNATURE,
    from: 'difference |= expected',
    to: 'difference = expected',
    suite: OF_SIGNATURES,
  },
  {
    name: 'a longer signature that begins right is right',
    file: SIGNATURE,
    from: 'if (given.length !== expected.length) return false;',
    to: '',
    suite: HANDSHAKE,
  },
  {
    name: 'a signature that no token explains is taken for the first one’s',
    file: ENVELOPE,
    from: '  throw mismatch();\n}\n\nconst mismatch',
    to: "  return tokens[0] ?? '';\n}\n\nconst mismatch",
    suite: HANDSHAKE,
  },
  {
    name: 'in plaintext mode the URL is not verified',
    file: ENVELOPE,
    from: '    verifyUrlSignature(query, secrets);\n    return;',
    to: '    return;',
    suite: REFUSALS,
  },
  {
    name: 'of a repeated parameter the first one counts',
    file: QUERY,
    from: 'query[name] = before === undefined ? value : [before, value].flat();',
    to: 'query[name] = before ?? value;',
    suite: HANDSHAKE,
  },
  {
    name: 'an encoded name is another name',
    file: QUERY,
    from: "const name = raw.includes('%') ? decoded(raw) : raw;",
    to: 'const name = raw;',
    suite: HANDSHAKE,
  },
  // Freshness
  {
    name: 'an old timestamp is fresh',
    file: ADMISSION,
    from: 'Math.abs(skewS) <= settings.maxPushAgeS',
    to: 'skewS <= settings.maxPushAgeS',
    suite: REFUSALS,
  },
  {
    name: 'a timestamp of the time to come is fresh',
    file: ADMISSION,
    from: 'Math.abs(skewS) <= settings.maxPushAgeS',
    to: '-skewS <= settings.maxPushAgeS',
    suite: REFUSALS,
  },
  {
    name: 'a timestamp that is no number is fresh',
    file: ADMISSION,
    from: 'if (skewS !== undefined && Math',
    to: 'if (skewS === undefined || Math',
    suite: REFUSALS,
  },
  {
    name: 'a push need not be fresh',
    file: ADMISSION,
    from: '        assertFresh(query.timestamp);\n        return { type',
    to: '        return { type',
    suite: REFUSALS,
  },
  {
    name: 'a handshake need not be fresh',
    file: ADMISSION,
    from: '        assertFresh(query.timestamp);\n        log.info',
    to: '        log.info',
    suite: HANDSHAKE,
  },
  // Sealed pushes
  {
    name: 'an envelope of another AppID is ours',
    file: CIPHER,
    from: 'if (plain.compare(ownId, 0, ownId.length, textEnd, end) !== 0)',
    to: 'if (false)',
    suite: OF_CIPHERS,
  },
  {
    name: 'an AppID that begins as ours is ours',
    file: CIPHER,
    from: 'plain.compare(ownId, 0, ownId.length, textEnd, end)',
    to: 'plain.compare(ownId, 0, ownId.length, textEnd, Math.min(end, textEnd + ownId.length))',
    suite: CORPUS,
  },
  {
    name: 'only the last byte of a padding is checked',
    file: CIPHER,
    from: 'for (let at = end; at < plain.length; at++)',
    to: 'for (let at = plain.length - 1; at < plain.length; at++)',
    suite: OF_CIPHERS,
  },
  {
    name: 'a padding may be of any length',
    file: CIPHER,
    from: 'pad < 1 || pad > MAX_PAD || ',
    to: '',
    suite: OF_CIPHERS,
  },
  {
    name: 'the length in an envelope is believed',
    file: CIPHER,
    from: 'textEnd > end || ',
    to: '',
    suite: OF_CIPHERS,
  },
  {
    name: 'a plain push is taken in plaintext mode though it holds a sealed one alone',
    file: ENVELOPE,
    from: "if (body.includes('Encrypt') && isOnlySealed(body))",
    to: 'if (false)',
    suite: CORPUS,
  },
  // Accounts
  {
    name: 'an envelope for another account is taken',
    file: RECEIVE,
    from: '    assertOwnAccount(opened.outerAccount);\n',
    to: '',
    suite: CORPUS,
  },
  {
    name: 'a push for another account is taken',
    file: RECEIVE,
    from: '    if (push !== undefined) assertOwnAccount(push.account);\n',
    to: '',
    suite: CORPUS,
  },
  // Limits
  {
    name: 'a body may be four times as large',
    file: 'src/http/callback-endpoint.ts',
    from: 'plaintext: 256 * 1024',
    to: 'plaintext: 1024 * 1024',
    suite: 'test/http/sizes.test.ts',
  },
  {
    name: 'a body without an announced length has no limit',
    file: 'src/http/read-body.ts',
    from: "if (size > limit) finish({ type: 'too-large' });",
    to: 'if (false);',
    suite: 'test/http/sizes.test.ts',
  },
  {
    name: 'a large body in an odd layout is parsed',
    file: ENVELOPE,
    from: 'if (body.length > ODD_LAYOUT_LIMIT && !isJson(body)',
    to: 'if (false && !isJson(body)',
    suite: CORPUS,
  },
  {
    name: 'elements may be nested without end',
    file: 'src/protocol/xml.ts',
    from: 'if (depth > MAX_FIELD_DEPTH)',
    to: 'if (false)',
    suite: 'test/unit/protocol/xml.test.ts',
  },
  {
    name: 'one sender may have any number of large bodies underway',
    file: 'src/http/large-bodies.ts',
    from: 'if (count >= MAX_PER_SENDER) return undefined;',
    to: '',
    suite: REFUSALS,
  },
  {
    name: 'a connection may pipeline without end',
    file: 'src/http/one-turn-requests.ts',
    from: 'return count.requests > MAX_REQUESTS_PER_TURN;',
    to: 'return false;',
    suite: 'test/http/pipelined-requests.test.ts',
  },
  // Replays, claims, dedupe
  {
    name: 'a plaintext signature is good for any number of pushes',
    file: 'src/pipeline/claim-push.ts',
    from: 'if (!sealed)\n',
    to: 'if (sealed)\n',
    suite: REFUSALS,
  },
  {
    name: 'the guard takes another push for the same one',
    file: 'src/adapters/file/replay-guards.ts',
    from: "known.fingerprint === use ? 'same' : 'other'",
    to: "'same'",
    suite: REFUSALS,
  },
  {
    name: 'a push that was claimed is claimed again',
    file: 'src/adapters/file/file-state-store.ts',
    from: "    if (known !== undefined)\n      return Promise.resolve({\n        type: 'known',",
    to: "    if (known === undefined && false)\n      return Promise.resolve({\n        type: 'known',",
    suite: REFUSALS,
  },
  {
    name: 'a message of another sender is the same push',
    file: 'src/protocol/push/push-id.ts',
    from: "    frame(text(fields, 'FromUserName')) +\n",
    to: '',
    suite: 'test/unit/protocol/push/push-id.test.ts',
  },
  {
    name: 'two events of a second are the same push',
    file: 'src/protocol/push/push-id.ts',
    from: 'frame(event) + JSON.stringify(others)',
    to: 'frame(event)',
    suite: 'test/unit/protocol/push/push-id.test.ts',
  },
  {
    name: 'an attempt does not join the run of its push',
    file: RECEIVE,
    from: 'if (known !== undefined) {',
    to: 'if (known !== undefined && false) {',
    suite: 'test/http/held-attempts.test.ts',
  },
  // Deadlines
  {
    name: 'the deadline is twice as far away',
    file: RECEIVE,
    from: 'deadlineAtMs: receivedAtMs + settings.replyDeadlineMs',
    to: 'deadlineAtMs: receivedAtMs + 2 * settings.replyDeadlineMs',
    suite: 'test/http/answers.test.ts',
  },
  {
    name: 'the deadline of the latest attempt counts',
    file: ATTEMPTS,
    from: 'deadlineAtMs < this.#deadlineAtMs',
    to: 'deadlineAtMs > this.#deadlineAtMs',
    suite: OF_ATTEMPTS,
  },
  {
    name: 'the second answer of a push replaces the first',
    file: ATTEMPTS,
    from: 'if (this.#settled !== undefined) return [];',
    to: '',
    suite: OF_ATTEMPTS,
  },
  {
    name: 'attempts are held without a limit',
    file: 'src/pipeline/delivery-policy.ts',
    from: 'limit: heldPer5Min * HELD_ATTEMPTS',
    to: 'limit: 1_000_000',
    suite: 'test/http/held-attempts.test.ts',
  },
  {
    name: 'a long text loses its end',
    file: 'src/pipeline/split-reply.ts',
    from: ': { first, rest };',
    to: ': { first, rest: [] };',
    suite: 'test/unit/pipeline/pinned-long-text.test.ts',
  },
  {
    name: 'a send quota is never spent',
    file: 'src/protocol/send-ledger.ts',
    from: 'left: Math.max(0, allowance.left - 1)',
    to: 'left: allowance.left',
    suite: 'test/unit/pipeline/delivery/send-quota.test.ts',
  },
  // The log
  {
    name: 'secrets in queries stay in the log',
    file: SCRUB,
    from: '      .replace(inQuery, `$1${REDACTED}`)\n',
    to: '',
    suite: OF_LINES,
  },
  {
    name: 'secrets in JSON stay in the log',
    file: SCRUB,
    from: '      .replace(inJson, `$1${REDACTED}`)\n',
    to: '',
    suite: OF_LINES,
  },
  {
    name: 'fields with names of secrets stay in the log',
    file: SCRUB,
    from: 'hidden.has(key.toLowerCase()) ? REDACTED : scrub(part)',
    to: 'scrub(part)',
    suite: OF_LINES,
  },
  {
    name: 'known secrets stay in the log',
    file: SCRUB,
    from: 'if (scrubbed.includes(secret)) scrubbed',
    to: 'if (false) scrubbed',
    suite: OF_LINES,
  },
  // The admin listener
  {
    name: 'any key is the key',
    file: ACCESS,
    from: 'if (safeEqual(shown, `Bearer ${key}`)) return next();',
    to: "if (shown.startsWith('Bearer ')) return next();",
    suite: OF_SESSIONS,
  },
  {
    name: 'a page of another site may use the session',
    file: ACCESS,
    from: "shown === '' && isOwnPage(request) && sessions",
    to: "shown === '' && sessions",
    suite: OF_SESSIONS,
  },
  {
    name: 'a name that was led to loopback is ours',
    file: ACCESS,
    from: 'if (isOurs && hasOwnOrigin(request)) next();',
    to: 'if (hasOwnOrigin(request)) next();',
    suite: OF_SESSIONS,
  },
  {
    name: 'a page of another site may ask',
    file: ACCESS,
    from: "if (site === undefined || site === 'none' || site === 'same-origin') next();",
    to: 'if (true) next();',
    suite: CORPUS,
  },
  {
    name: 'keys may be guessed without end',
    file: 'src/http/key-guesses.ts',
    from: '(entryOf(address)?.keys.size ?? 0) >= MAX_GUESSES',
    to: 'false',
    suite: 'test/unit/http/key-guesses.test.ts',
  },
  {
    name: 'the session of an operator never ends',
    file: 'src/http/operator-sessions.ts',
    from: 'session.endsAtMs > clock.now() && ',
    to: '',
    suite: OF_SESSIONS,
  },
  // Web authorization
  {
    name: 'a state that was not signed here is believed',
    file: STATE,
    from: "if (!signatureMatches(sign(id), parts[3] ?? '')) return 'forged';",
    to: '',
    suite: OAUTH,
  },
  {
    name: 'a state never ends',
    file: STATE,
    from: "if (endsAtMs <= clock.now()) return 'over';",
    to: '',
    suite: OAUTH,
  },
  {
    name: 'the cookie of another login will do',
    file: STATE,
    from: 'return login?.id === id ? ',
    to: 'return login !== undefined ? ',
    suite: OAUTH,
  },
  {
    name: 'a page that begins like an allowed folder is in it',
    file: TARGET,
    from: 'url.pathname.startsWith(`${folder}/`)',
    to: 'url.pathname.startsWith(folder)',
    suite: OAUTH,
  },
  {
    name: 'a path may climb, encoded',
    file: TARGET,
    from: ' || ENCODED_TRAVERSAL.test(url.pathname)',
    to: '',
    suite: OAUTH,
  },
  {
    name: 'a page of any site may end a session',
    file: 'src/http/cross-origin.ts',
    from: 'origin !== own && !origins.has(origin)',
    to: 'false',
    suite: CORPUS,
  },
  {
    name: 'the session of a user never ends',
    file: 'src/http/session-cookie.ts',
    from: 'session !== undefined && session.endsAtMs > clock.now()',
    to: 'session !== undefined',
    suite: OAUTH,
  },
  {
    name: 'a page of any host is signed',
    file: 'src/http/page-signature-route.ts',
    from: 'if (!hosts.has(host)) {',
    to: 'if (false) {',
    suite: 'test/http/page-signature.test.ts',
  },
  // Downloads
  {
    name: 'the address of a cloud’s metadata is public',
    file: 'src/adapters/http/public-address.ts',
    from: "  ['169.254.0.0', 16],",
    to: '',
    suite: OF_DOWNLOADS,
  },
  {
    name: 'one public address of a name is enough',
    file: DOWNLOAD,
    from: 'if (!addresses.every(',
    to: 'if (!addresses.some(',
    suite: OF_DOWNLOADS,
  },
  {
    name: 'a name is looked up again when it is connected to',
    file: DOWNLOAD,
    from: 'request(url, { agent, lookup: pinned, headers, signal })',
    to: 'request(url, { agent, headers, signal })',
    suite: OF_DOWNLOADS,
  },
  {
    name: 'redirects are followed without end',
    file: DOWNLOAD,
    from: 'if (redirects === MAX_REDIRECTS) throw',
    to: 'if (redirects === 99) throw',
    suite: OF_DOWNLOADS,
  },
  {
    name: 'the sandbox answers pages of other sites',
    file: 'src/sandbox/http-api/origin-guard.ts',
    from: 'if (origin !== undefined && origin !== `http',
    to: 'if (false && origin !== `http',
    suite: CORPUS,
  },
];
