import { bindCatalogue } from '../../../src/api/catalogue/catalogue.js';
import { rowOf, type EndpointSpec } from '../../../src/api/catalogue/endpoint.js';

/** An API of the catalogue: its place there, and what it is. */
export interface CatalogueRow {
  readonly family: string;
  readonly name: string;
  /** `users.info` */
  readonly full: string;
  readonly row: EndpointSpec;
}

export const catalogueRows: readonly CatalogueRow[] = Object.entries(
  bindCatalogue(() => Promise.reject(new Error('rows are only looked at'))),
).flatMap(([family, calls]) =>
  Object.entries<object>(calls).map(([name, call]) => {
    const row = rowOf(call);
    if (row === undefined) throw new Error(`${family}.${name} has no row`);
    return { family, name, full: `${family}.${name}`, row };
  }),
);
