const BLANKS = String.raw`[ \t\r\n]*`;

/**
 * Finds the `]]>` that ends the typed text at `from`; −1 if there is none. `names`: the text's own field and the typed
 * fields that may follow it.
 *
 * The text of a single field runs to the last `]]></Name>` of the document: nothing after that was typed. With several
 * fields, the last end of any of them ends them all; within, the last borders between them count.
 *
 * Cost: linear in the document, once for each name.
 */
export function endOfTypedText(document: string, from: number, names: readonly string[]): number {
  const ends = names.map((name) => placesOf(document, closingOf(name), from));
  const own = ends[0] ?? [];
  if (own.length < 2) return own[0] ?? -1;

  const lastOnes = ends.map((places) => places.at(-1) ?? -1);
  let end = Math.max(...lastOnes);
  for (let index = lastOnes.indexOf(end); index > 0 && end >= 0; index -= 1) {
    const border = closingOf(names[index - 1]) + BLANKS + openingOf(names[index]);
    end = placesOf(document.slice(0, end), border, from).at(-1) ?? -1;
  }
  return end;
}

const closingOf = (name = ''): string => `]]>${BLANKS}</${name}${BLANKS}>`;
const openingOf = (name = ''): string => String.raw`<${name}${BLANKS}>${BLANKS}<!\[CDATA\[`;

/** Returns the positions of a pattern from an index on. The pattern begins with `]]>`, so blanks are read only once. */
function placesOf(document: string, pattern: string, from: number): number[] {
  const places: number[] = [];
  const search = new RegExp(pattern, 'g');
  search.lastIndex = from;
  for (let found = search.exec(document); found; found = search.exec(document)) places.push(found.index);
  return places;
}
