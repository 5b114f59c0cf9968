import { AppError } from '../../protocol/app-error.js';
import type { Words } from '../../protocol/words.js';

/**
 * WeChat would refuse the file, or its address is not allowed. Nothing was sent.
 *
 * @example
 * if (error instanceof MediaRefused) return reply.text('文件太大了');
 */
export class MediaRefused extends AppError {
  readonly code = 'media_refused';
}

/**
 * The file to upload could not be read or downloaded. Nothing was sent.
 *
 * @example
 * if (error instanceof MediaUnavailable && error.retryable) log.info({}, 'the download may work later');
 */
export class MediaUnavailable extends AppError {
  readonly code = 'media_unavailable';
  readonly #mayComeBack: boolean;

  constructor(message: Words, { mayComeBack }: { mayComeBack: boolean }) {
    super(message);
    this.#mayComeBack = mayComeBack;
  }
  override get retryable(): boolean {
    return this.#mayComeBack;
  }
}
