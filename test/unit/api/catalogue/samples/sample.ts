import type { CATALOGUE } from '../../../../../src/api/catalogue/catalogue.js';
import type { Endpoint } from '../../../../../src/api/catalogue/endpoint.js';

/**
 * One round trip as WeChat's page tells of it, written down without a look at the catalogue: `wire` is what goes out
 * (the query of a GET without its token, the body of a POST to the letter), `answer` what comes back.
 */
export type Sample<Row> =
  Row extends Endpoint<infer Request, infer Answer>
    ? {
        readonly request: Request;
        readonly wire: string;
        readonly sent?: string;
      } & ([Answer] extends [void]
        ? { readonly answer?: Done }
        : | { readonly answer: Answer & Partial<Done> }
          /** Where the answer is not what the caller gets: its text, and what that is. */
          | { readonly text: string; readonly result: Answer })
    : never;

export interface Done {
  readonly errcode: 0;
  readonly errmsg: string;
}

/** A sample for every row of a family: one that is missing does not compile. */
export type Samples<Family extends keyof typeof CATALOGUE> = {
  readonly [Name in keyof (typeof CATALOGUE)[Family]]: Sample<(typeof CATALOGUE)[Family][Name]>;
};
