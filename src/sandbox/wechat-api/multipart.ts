/** One field of a `multipart/form-data` body. */
export interface Part {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

/** Parses a form. Returns nothing if the type has no boundary; drops parts without a name. */
export function multipart(contentType: string, body: Buffer): readonly Part[] {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return [];
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  for (let start = body.indexOf(mark); start >= 0;) {
    const from = start + mark.length;
    const next = body.indexOf(mark, from);
    if (next < 0) break;
    const part = readPart(body.subarray(from, next));
    if (part !== undefined) parts.push(part);
    start = next;
  }
  return parts;
}

function readPart(chunk: Buffer): Part | undefined {
  const headEnd = chunk.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = chunk.toString('utf8', 0, headEnd);
  const name = /name="([^"]*)"/i.exec(head.replace(/filename="[^"]*"/i, ''))?.[1];
  if (name === undefined) return undefined;
  return {
    name,
    fileName: /filename="([^"]*)"/i.exec(head)?.[1],
    contentType: /content-type:\s*([^\r\n;]+)/i.exec(head)?.[1],
    bytes: chunk.subarray(headEnd + 4, chunk.length - 2), // without the line break before the next mark
  };
}
