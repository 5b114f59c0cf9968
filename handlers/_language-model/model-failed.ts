/** The model gave no answer, or broke off. The message holds neither the key nor what was said. */
export class ModelFailed extends Error {
  override readonly name = 'ModelFailed';
}
