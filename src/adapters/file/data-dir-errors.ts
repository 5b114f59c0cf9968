import { AppError } from '../../protocol/app-error.js';
import { inBoth, type Words } from '../../protocol/words.js';

/** Another living process owns the directory. Two writers would corrupt the journal, so the second is refused. */
export class DataDirInUse extends AppError {
  readonly code = 'data_dir_in_use';
  constructor(dir: string, options?: { cause?: unknown }) {
    super(
      {
        en:
          `${dir} is in use by another running process. Stop that process, give this one its own DATA_DIR, ` +
          'or set REDIS_URL so that several processes can share their state.',
        zh:
          `${dir} 正被另一个进程使用。请停掉那个进程，或者给这个进程另设一个 DATA_DIR，` +
          '或者设置 REDIS_URL，让多个进程共用数据。',
      },
      options,
    );
  }
}

/** The directory cannot be created, read or written, or holds a journal of a newer version. */
export class DataDirUnusable extends AppError {
  readonly code = 'data_dir_unusable';
  constructor(dir: string, why: string | Words, options?: { cause?: unknown }) {
    const { en, zh } = typeof why === 'string' ? inBoth(why) : why;
    super(
      {
        en: `${dir} cannot hold the journal: ${en}. Point DATA_DIR at a folder that this user can write to.`,
        zh: `${dir} 不能存放 journal：${zh}。请把 DATA_DIR 设为当前用户可以写的目录。`,
      },
      options,
    );
  }
}
