import { AppError } from '../../protocol/app-error.js';

/** A file that WeChat would refuse, or an address that files are not fetched from. Nothing was sent. */
export class MediaRefused extends AppError {
  readonly code = 'media_refused';
}

/** The file to be uploaded could not be had. Nothing was sent. */
export class MediaUnavailable extends AppError {
  readonly code = 'media_unavailable';
  readonly #mayComeBack: boolean;

  constructor(message: string, { mayComeBack }: { mayComeBack: boolean }) {
    super(message);
    this.#mayComeBack = mayComeBack;
  }
  override get retryable(): boolean {
    return this.#mayComeBack;
  }
}
