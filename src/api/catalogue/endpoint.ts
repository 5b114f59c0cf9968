import type { ApiCallOptions } from '../call-options.js';
import type { Limits } from './limits.js';
import type { QuotaName } from './quotas.js';

/** A request without fields. */
export type NoFields = Readonly<Record<string, never>>;

/** What a single API is, but for the shapes of request and answer. */
export interface Row<Request extends object = object, Answer = Readonly<Record<string, unknown>>> {
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
  readonly doneBefore?: readonly number[];
  /** False: the call takes no access token. */
  readonly token?: false;
  /** True: few calls a month, counted by us before they are made. */
  readonly budget?: true;
}

declare const shapes: unique symbol;

/** A row that knows the shapes of request and answer. */
export interface Endpoint<Request extends object, Answer> extends Row<Request, Answer> {
  readonly [shapes]?: { readonly request: Request; readonly answer: Answer };
}

/** Enters an API into the catalogue: the shapes by type, the rest as data. */
export const endpoint = <Request extends object = NoFields, Answer = void>(
  row: Row<Request, Answer>,
): Endpoint<Request, Answer> => row;

/** An API as a function. A request all of whose fields are optional may be left out. */
export type Call<Request extends object, Answer> = {} extends Request
  ? (request?: Request, options?: ApiCallOptions) => Promise<Answer>
  : (request: Request, options?: ApiCallOptions) => Promise<Answer>;

/** The functions of a family. A homomorphic mapped type: each keeps the docstring of its row. */
export type Bound<Family> = {
  readonly [Name in keyof Family]: Family[Name] extends Endpoint<infer Request, infer Answer>
    ? Call<Request, Answer>
    : never;
};

/** Makes one call: what all functions of the catalogue come down to. */
export type Perform = (row: Row, request: object, options: ApiCallOptions) => Promise<unknown>;

/** Gives every row of a family its function. */
export function bind<Family extends Readonly<Record<string, object>>>(
  family: Family,
  perform: Perform,
): Bound<Family> {
  const calls = Object.entries(family).map(([name, row]) => [
    name,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- families hold rows, and nothing but `endpoint` makes them
    (request: object = {}, options: ApiCallOptions = {}) => perform(row as Row, request, options),
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a row promises is what its answer is checked for
  return Object.fromEntries(calls) as Bound<Family>;
}
