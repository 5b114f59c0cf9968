import { AppError } from '../../protocol/app-error.js';

/** Another living process owns the folder. Two writers would tear one journal, so the second is refused. */
export class DataDirInUse extends AppError {
  readonly code = 'data_dir_in_use';
  constructor(dir: string, options?: { cause?: unknown }) {
    super(
      `${dir} is in use by another running process. Stop that process, give this one a DATA_DIR of its own, ` +
        'or set REDIS_URL so that several processes can share their state.',
      options,
    );
  }
}

/** The folder cannot be made, read or written, or holds a journal of a newer version. */
export class DataDirUnusable extends AppError {
  readonly code = 'data_dir_unusable';
  constructor(dir: string, why: string, options?: { cause?: unknown }) {
    super(
      `${dir} cannot hold the journal: ${why}. Point DATA_DIR at a folder that this user may write.`,
      options,
    );
  }
}
