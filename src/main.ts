import { runWithFiles } from './open-files.js';

await runWithFiles(async () => (await import('./serve.js')).serve());
