#!/usr/bin/env node
import { runWithFiles } from '../open-files.js';

await runWithFiles(async () => {
  const { runCommandLine } = await import('./run-command-line.js');
  return runCommandLine(process.argv.slice(2), {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
  });
});

// A loaded handler may have opened something that never ends. The output of the command is written by now.
setTimeout(() => process.exit(), 200).unref();
