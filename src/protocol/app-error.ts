/** Base of all errors thrown on purpose; anything else that surfaces is a bug. `docs/errors.md` lists them. */
export abstract class AppError extends Error {
  /** One word per way to fail, stable, for logs and metrics. */
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
  /** True when the same call may succeed later with nobody changing anything. */
  get retryable(): boolean {
    return false;
  }
}
