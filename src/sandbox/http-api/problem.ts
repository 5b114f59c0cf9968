/** A request of the JSON API that cannot be done, with its HTTP status and a sentence for the one who asked. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
