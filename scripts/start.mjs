// `npm start`: the server as it is built, with handlers/ of this clone. Builds first where dist/ is missing or older than
// its sources and TypeScript is installed. Arguments go to `serve`: npm start -- --role web
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './built.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const main = join(root, 'dist/src/cli/main.js');
const canBuild = existsSync(join(root, 'node_modules/typescript'));

// Without TypeScript an older dist/ is the deployed build.
const mustBuild = canBuild ? !isBuilt(root) : !existsSync(main);
const { status } = mustBuild
  ? spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' })
  : { status: 0 };

if (status === 0) {
  process.env.HANDLERS_DIR ||= (await inDotEnv('HANDLERS_DIR')) || join(root, 'dist/handlers');
  process.argv.splice(2, 0, 'serve');
  await import(built('cli/main.js'));
} else process.exitCode = status ?? 1;

/** Reads one setting of .env, which the server reads as a whole, and again when it is told to. @param {string} name */
async function inDotEnv(name) {
  /** @type {typeof import('../src/config/dot-env.js')} */
  const { withDotEnv } = await import(built('config/dot-env.js'));
  try {
    return withDotEnv({})[name];
  } catch {
    return undefined; // the server reports the reason
  }
}

/** Address of a built module. Written out, it would be a fault of types in a clone that is not built. @param {string} path */
function built(path) {
  return new URL(`../dist/src/${path}`, import.meta.url).href;
}
