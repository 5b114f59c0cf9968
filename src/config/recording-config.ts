import type { Values } from './variables.js';

/** Settings of the recording. */
export interface RecordingConfig {
  readonly recording: {
    /** `undefined`: nothing is recorded. */
    readonly dir: string | undefined;
    /** `undefined`: texts and OpenIDs are replaced by stand-ins. */
    readonly key: string | undefined;
    readonly maxBytes: number;
    readonly maxAgeMs: number;
  };
}

export const readRecordingConfig = (values: Values): RecordingConfig => ({
  recording: {
    dir: values.RECORD_DIR,
    key: values.RECORD_KEY,
    maxBytes: values.RECORD_MAX_MB * 1_048_576,
    maxAgeMs: values.RECORD_MAX_DAYS * 86_400_000,
  },
});
