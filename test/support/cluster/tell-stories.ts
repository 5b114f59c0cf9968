// Tells stories of the model: how many, and from which seed. The first line says what came of it, as JSON; what broke a
// promise follows, in one line where `MODEL_QUICK` is set. Exits with 1 in that case.
import { tellMany } from './tell-many.js';

// Most errors of a story are timeouts that are meant to be.
Error.stackTraceLimit = 0;

const [numRuns = '300', seed] = process.argv.slice(2);
const { broken, ...figures } = await tellMany(Number(numRuns), {
  seed: seed === undefined ? undefined : Number(seed),
  quick: process.env['MODEL_QUICK'] !== undefined,
});
console.log(JSON.stringify({ ...figures, broken: broken === undefined ? 0 : 1 }));
if (broken !== undefined) console.log(broken);
process.exit(broken === undefined ? 0 : 1);
