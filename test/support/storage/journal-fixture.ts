import type { Entry, Journaled } from '../../../src/adapters/file/entry.js';
import { Journal } from '../../../src/adapters/file/journal.js';
import type { JournalOptions } from '../../../src/adapters/file/journal.js';
import { disk } from '../../../src/adapters/file/file-system.js';
import type { FileSystem } from '../../../src/adapters/file/file-system.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { ManualClock } from '../time/manual-clock.js';

/** The smallest thing that lives in a journal: facts by name. */
export class JournalFixture implements Journaled {
  readonly facts = new Map<string, string>();

  replay(entry: Entry): void {
    if (entry[0] === 'fact') this.facts.set(entry[1], entry[2]);
    if (entry[0] === 'no-fact') this.facts.delete(entry[1]);
  }

  *snapshot(): Generator<Entry> {
    for (const [name, value] of this.facts) yield ['fact', name, value, 0];
  }
}

/** A journal that carries a notebook. */
export async function openJournalFixture(dir: string, options: Partial<JournalOptions> = {}) {
  const notebook = new JournalFixture();
  const journal = new Journal({
    dir,
    files: disk,
    clock: new ManualClock(),
    log: silentLogger,
    ...options,
  });
  await journal.open([notebook]);
  return {
    journal,
    facts: notebook.facts,
    /** Sets the fact in memory at once; resolves once it is durable. */
    set: (name: string, value: string): Promise<void> => {
      notebook.facts.set(name, value);
      return journal.append(['fact', name, value, 0]);
    },
    close: () => journal.close(),
  };
}

/** Reads the folder as a new start does; returns the data and the log. */
export async function readJournalFixture(
  dir: string,
  files: FileSystem = disk,
): Promise<{ facts: Map<string, string>; said: string[] }> {
  const said: string[] = [];
  const speak = (_: object, message: string) => void said.push(message);
  const { facts, close } = await openJournalFixture(dir, {
    files,
    log: { ...silentLogger, warn: speak, error: speak },
  });
  await close();
  return { facts: new Map(facts), said };
}
