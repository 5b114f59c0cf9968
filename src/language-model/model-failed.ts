/**
 * The model gave no answer, or stopped midway. The message contains neither the key nor user text.
 *
 * @example
 * if (error instanceof ModelFailed) log.error({ why: error.message }, 'the language model failed');
 */
export class ModelFailed extends Error {
  override readonly name = 'ModelFailed';
}
