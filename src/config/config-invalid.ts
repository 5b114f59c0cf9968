import { AppError } from '../protocol/app-error.js';

/** The server cannot start as it is configured. Holds every fault at once; the message fits on a screen. Exit 78. */
export class ConfigInvalid extends AppError {
  readonly code = 'config_invalid';
  /** One sentence or two per fault: the name, the value seen (never a secret's), what is allowed, what to do. */
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    const title =
      faults.length === 1
        ? 'The configuration has a fault:'
        : `The configuration has ${faults.length} faults:`;
    super(
      [
        title,
        ...faults.map((fault) => `  - ${fault}`),
        'Every variable is explained in docs/configuration.md.',
      ].join('\n'),
    );
    this.faults = faults;
  }
}
