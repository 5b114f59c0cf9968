import type { ApiCallOptions } from '../call-options.js';
import type { Limits } from './limits.js';
import type { QuotaName } from './quotas.js';

/** A request without fields. */
export type NoFields = Readonly<Record<string, never>>;

/** What a single API is, but for the shapes of request and answer. */
export interface EndpointSpec<Request extends object = object, Answer = Readonly<Record<string, unknown>>> {
  /** With GET the request's fields travel as the query, with POST as a JSON body. */
  readonly method: 'GET' | 'POST';
  /** Without host and query. */
  readonly path: string;
  /** Whether the same call may be made twice without harm: then a lost answer is asked for again at another host. */
  readonly idempotent: boolean | ((request: Request) => boolean);
  /** Whose count the call goes by; absent where WeChat names none. */
  readonly quota?: QuotaName;
  /**
   * Fields without which the answer cannot be believed. Absent where the answer says nothing but "done": then the call
   * resolves to nothing.
   */
  readonly answer?: [Answer] extends [void] ? never : readonly (keyof Answer & string)[];
  /** Paths of 64-bit ids in the answer, which arrive as text whatever their size. */
  readonly ids?: readonly string[];
  readonly limits?: Limits;
  /** Errcodes that say that it was done before; the answer counts as one of success. */
  readonly alreadyDoneCodes?: readonly number[];
  /** False: the call takes no access token. */
  readonly token?: false;
  /** True: few calls a month, counted by us before they are made. */
  readonly budget?: true;
}

const row = Symbol('row');
declare const shapes: unique symbol;

/** An API as a function. A request all of whose fields are optional may be left out. */
export type Endpoint<Request extends object, Answer> = ({} extends Request
  ? (request?: Request, options?: ApiCallOptions) => Promise<Answer>
  : (request: Request, options?: ApiCallOptions) => Promise<Answer>) & {
  readonly [row]?: EndpointSpec;
  readonly [shapes]?: { readonly request: Request; readonly answer: Answer };
};

/** The shapes that an API was entered with. */
export type ShapesOf<Call> = Call extends { readonly [shapes]?: infer Shapes } ? Shapes : never;

/** Makes one call: what all functions of the catalogue come down to. */
export type CallExecutor = (row: EndpointSpec, request: object, options: ApiCallOptions) => Promise<unknown>;

/**
 * Enters an API into the catalogue: the shapes by type, the rest as data. Families are functions of `on`, not tables
 * with mapped types over them, because so the docstrings are shown by every editor.
 */
export function endpoint<Request extends object = NoFields, Answer = void>(
  on: CallExecutor,
  about: EndpointSpec<Request, Answer>,
): Endpoint<Request, Answer> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row is only ever called with its own requests
  const known = about as unknown as EndpointSpec;
  const call = (request: object = {}, options: ApiCallOptions = {}) => on(known, request, options);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a row promises is what its answer is checked for
  return Object.assign(call, { [row]: known }) as unknown as Endpoint<Request, Answer>;
}

/** What a function of the catalogue was made of. */
export function rowOf(call: object): EndpointSpec | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else has the symbol
  return Reflect.get(call, row) as EndpointSpec | undefined;
}
