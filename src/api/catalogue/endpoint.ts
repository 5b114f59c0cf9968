import type { ApiCallOptions } from '../call-options.js';
import type { Limits } from './limits.js';
import type { QuotaName } from './quotas.js';

/** A request without fields. */
export type NoFields = Readonly<Record<string, never>>;

/** The facts of one API, except the shapes of request and answer. */
export interface EndpointSpec<Request extends object = object, Answer = Readonly<Record<string, unknown>>> {
  /** GET sends the request's fields as the query, POST as a JSON body, except those in `query`. */
  readonly method: 'GET' | 'POST';
  /** Fields that a POST sends in the query. If the request has no others, there is no body. */
  readonly query?: readonly string[];
  /** Fixed parameters of the query. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Path without host and query. */
  readonly path: string;
  /** True if the call can be repeated safely, so that a lost answer leads to a retry at another host. */
  readonly idempotent: boolean | ((request: Request) => boolean);
  /** Quota that the call counts against; absent if WeChat names none. */
  readonly quota?: QuotaName;
  /** Required fields of the answer. Absent if the answer has no data: then the call resolves with nothing. */
  readonly answer?: [Answer] extends [void] ? never : readonly (keyof Answer & string)[];
  /** Paths of 64-bit ids in the answer. They become texts, whatever their size. */
  readonly ids?: readonly string[];
  /** Limits of fields; a function if another field decides. */
  readonly limits?: Limits | ((request: Request) => Limits);
  /** Errcodes that mean "already done", which count as success. */
  readonly alreadyDoneCodes?: readonly number[];
  /** False: the call takes no access token. */
  readonly token?: false;
  /** True for a small monthly quota, which we count before each call. */
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

/** The request and answer types of a catalogue function. */
export type ShapesOf<Call> = Call extends { readonly [shapes]?: infer Shapes } ? Shapes : never;

/** Makes a call. All functions of the catalogue use it. */
export type CallExecutor = (row: EndpointSpec, request: object, options: ApiCallOptions) => Promise<unknown>;

/**
 * Creates a catalogue function from its types and its row. Families are functions of `on`, not mapped types over
 * tables, so that editors show the docstrings.
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

/** Returns the row from which a function of the catalogue was made. */
export function rowOf(call: object): EndpointSpec | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else has the symbol
  return Reflect.get(call, row) as EndpointSpec | undefined;
}
