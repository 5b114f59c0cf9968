// `npm run prove`: runs the long forms of tests in `npm test`, all or the named ones. Each is a file
// `test/proofs/<name>.proof.ts` whose default export is a `Proof` (test/support/proof/proof.ts).
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const SUFFIX = /\.proof\.m?[jt]s$/;
/** Time for an ended proof to release its resources. */
const ENDS_WITHIN_MS = 20_000;
const MINUTE_MS = 60_000;
/** Exit code of a proof with a false claim. */
const CLAIM_IS_FALSE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    from: { type: 'string', default: fileURLToPath(new URL('../test/proofs', import.meta.url)) },
    /** Internal: runs one proof in this process. */
    here: { type: 'string' },
  },
});

if (values.here === undefined) await runAll();
else await runHere(values.here);

async function runAll() {
  const files = (await readdir(values.from)).filter((file) => SUFFIX.test(file)).toSorted();
  const nameOf = (file) => basename(file).replace(SUFFIX, '');
  const unknown = positionals.filter((name) => !files.some((file) => nameOf(file) === name));
  if (unknown.length > 0) {
    console.error(`There is no proof ${unknown.join(', ')}: choose from ${files.map(nameOf).join(', ')}`);
    process.exitCode = 1;
    return;
  }
  const chosen = files.filter((file) => positionals.length === 0 || positionals.includes(nameOf(file)));
  console.log(
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`,
  );
  let failed = 0;
  for (const file of chosen) {
    const path = resolve(values.from, file);
    const { about, limitMinutes } = await load(path);
    console.log(`\n${nameOf(file)}: ${about}`);
    if (values.list) continue;
    const startedAtMs = Date.now();
    const end = await runApart(path, limitMinutes);
    const seconds = Math.round((Date.now() - startedAtMs) / 1000);
    console.log(`${nameOf(file)}: ${end === 'proved' ? 'proved' : `FAILED (${end})`} after ${seconds} s`);
    if (end !== 'proved') failed += 1;
  }
  if (!values.list) console.log(`\n${chosen.length - failed} proved, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** Runs one proof in a process group of its own, so that nothing of it outlives its limit. */
async function runApart(path, limitMinutes) {
  const own = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [...process.execArgv, own, '--here', path], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const endGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  let overdue = false;
  const limit = setTimeout(() => {
    overdue = true;
    endGroup();
  }, limitMinutes * MINUTE_MS);
  const interrupted = () => {
    endGroup();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  const code = await new Promise((ended) => {
    child.once('close', ended);
  });
  clearTimeout(limit);
  process.off('SIGINT', interrupted);
  process.off('SIGTERM', interrupted);
  endGroup();
  if (overdue) return `not over within ${limitMinutes} minutes`;
  if (code === CLAIM_IS_FALSE) return 'a claim is false';
  return code === 0 ? 'proved' : 'it broke off';
}

async function runHere(path) {
  const proof = await load(path);
  for await (const part of proof.run()) {
    console.log(`\n  ${part.name}`);
    if (part.ledger !== undefined) console.log(`    ${lineOf(part.ledger)}`);
    if (part.figures !== undefined) console.log(`    ${JSON.stringify(part.figures)}`);
    for (const claim of part.broken) console.log(`    FALSE: ${claim}`);
    if (part.broken.length > 0) process.exitCode = CLAIM_IS_FALSE;
  }
  // A proof that leaves something running has not ended properly.
  setTimeout(() => {
    console.log('  FALSE: it ends by itself: something is still running');
    process.exit(CLAIM_IS_FALSE);
  }, ENDS_WITHIN_MS).unref();
}

function lineOf(ledger) {
  return Object.entries(ledger)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

async function load(path) {
  const { default: proof } = await import(pathToFileURL(path).href);
  return proof;
}
