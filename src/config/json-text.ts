import { parse as parseLoosely, printParseErrorCode, type ParseError } from 'jsonc-parser';

export type ReadJson =
  | { readonly type: 'json'; readonly value: unknown }
  /** `where` never quotes the text, which may hold secrets: `line 3, column 1: a property name is expected`. */
  | { readonly type: 'broken'; readonly where: string };

/** Reads JSON strictly. Where it ends to be JSON, says the place. */
export function readJson(text: string): ReadJson {
  try {
    return { type: 'json', value: JSON.parse(text) };
  } catch {
    return { type: 'broken', where: whereBroken(text) };
  }
}

/** The engine's own message names no place for some faults, and quotes the text for others. */
function whereBroken(text: string): string {
  const faults: ParseError[] = [];
  parseLoosely(text, faults, { disallowComments: true, allowTrailingComma: false });
  const [first] = faults;
  if (first === undefined) return 'it is no JSON';
  const lines = text.slice(0, first.offset).split('\n');
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return `line ${lines.length}, column ${column}: ${sentenceOf(first)}`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON value (texts stand in double quotes)',
  InvalidNumberFormat: 'this is no JSON number',
  PropertyNameExpected: 'a property name in double quotes is expected; is there a comma too many before it?',
  ValueExpected: 'a value is expected; is there a comma too many before it?',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing brace is expected',
  CloseBracketExpected: 'a closing bracket is expected',
  EndOfFileExpected: 'the JSON is over before this',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'the text is not closed',
};

const sentenceOf = ({ error }: ParseError): string =>
  SENTENCES[printParseErrorCode(error)] ?? 'it is no JSON';
