/** Returns the system's error code, such as ECONNREFUSED; if several addresses failed, that of the first. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'failed';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'message' in error && typeof error.message === 'string' ? error.message : 'failed';
}
