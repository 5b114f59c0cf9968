// A worker process that takes jobs, reports it, and never finishes one. Argument: the URL of Redis.
import { createBullQueue } from '../../../src/adapters/redis/redis-adapters.js';
import { systemClock } from '../../../src/ports/clock.js';
import { silentLogger } from '../../../src/ports/logger.js';

createBullQueue({ url: process.argv[2] ?? '', log: silentLogger, clock: systemClock }).consume(({ id }) => {
  process.stdout.write(`took ${id}\n`);
  return new Promise(() => {});
});
