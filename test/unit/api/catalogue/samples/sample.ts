import type { CatalogueCalls } from '../../../../../src/api/catalogue/catalogue.js';
import type { ShapesOf } from '../../../../../src/api/catalogue/endpoint.js';

/**
 * One round trip as WeChat's page tells of it, written down without a look at the catalogue: `wire` is what goes out
 * (the query of a GET without its token, the body of a POST to the letter), `answer` what comes back.
 */
export type Sample<Call> =
  ShapesOf<Call> extends { request: infer Request; answer: infer Answer } | undefined
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
export type Samples<Family extends keyof CatalogueCalls> = {
  readonly [Name in keyof CatalogueCalls[Family]]: Sample<CatalogueCalls[Family][Name]>;
};
