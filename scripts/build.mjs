// `npm run build`: compiles src/ and handlers/ to dist/. Without TypeScript it says what to do.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyHandlerFiles } from './built.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const tsc = join(root, 'node_modules/typescript/bin/tsc');

if (existsSync(tsc)) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
  if (status === 0) {
    copyHandlerFiles(root);
    writeFileSync(join(root, 'dist/built'), '');
  }
} else {
  console.error(
    'dist/ cannot be built: TypeScript is not installed (NODE_ENV=production or --omit=dev leaves it out). Run npm ci --include=dev && npm run build, then npm start; npm prune --omit=dev removes it again.',
  );
  process.exitCode = 1;
}
