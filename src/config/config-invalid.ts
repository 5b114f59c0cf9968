import { AppError } from '../protocol/app-error.js';
import type { Language, Words } from '../protocol/words.js';

/** The configuration is invalid. Holds every fault at once; the message fits on a screen. Exit code 78. */
export class ConfigInvalid extends AppError {
  readonly code = 'config_invalid';
  /** One sentence or two per fault: the name, the value seen (never a secret's), what is allowed, what to do. */
  readonly faults: readonly string[];
  readonly #faults: readonly Words[];

  constructor(faults: readonly Words[]) {
    super({ en: screenful(faults, 'en'), zh: screenful(faults, 'zh') });
    this.#faults = faults;
    this.faults = faults.map(({ en }) => en);
  }

  /** The faults in both languages. */
  get words(): readonly Words[] {
    return this.#faults;
  }
}

function screenful(faults: readonly Words[], language: Language): string {
  const frame = frames[language];
  return [frame.title(faults.length), ...faults.map((fault) => `  - ${fault[language]}`), frame.end].join(
    '\n',
  );
}

const frames = {
  en: {
    title: (count: number) =>
      count === 1 ? 'The configuration has a fault:' : `The configuration has ${count} faults:`,
    end: 'Every variable is explained in docs/configuration.md.',
  },
  zh: {
    title: (count: number) => `配置有 ${count} 处错误：`,
    end: '每个变量的说明见 docs/zh/configuration.md。',
  },
} as const;
