import type { Words } from '../protocol/words.js';
import { parse as parseLoosely, printParseErrorCode, type ParseError } from 'jsonc-parser';

export type ReadJson =
  | { readonly type: 'json'; readonly value: unknown }
  /**
   * `where` never quotes the text, which may hold secrets. Example: `line 3, column 1: a property name is expected`.
   */
  | { readonly type: 'broken'; readonly where: Words };

/** Parses JSON strictly, and reports the position of a mistake. */
export function readJson(text: string): ReadJson {
  try {
    return { type: 'json', value: JSON.parse(text) };
  } catch {
    return { type: 'broken', where: whereBroken(text) };
  }
}

/**
 * Finds the mistake itself, because the engine's message lacks the position of some faults and quotes the text for
 * others.
 */
function whereBroken(text: string): Words {
  const faults: ParseError[] = [];
  parseLoosely(text, faults, { disallowComments: true, allowTrailingComma: false });
  const [first] = faults;
  if (first === undefined) return NO_JSON;
  const lines = text.slice(0, first.offset).split('\n');
  const column = (lines.at(-1)?.length ?? 0) + 1;
  const fault = sentenceOf(first);
  return {
    en: `line ${lines.length}, column ${column}: ${fault.en}`,
    zh: `第 ${lines.length} 行第 ${column} 列：${fault.zh}`,
  };
}

const NO_JSON: Words = { en: 'it is not JSON', zh: '不是 JSON' };

const SENTENCES: Readonly<Record<string, Words>> = {
  InvalidSymbol: {
    en: 'this is not a JSON value (text goes in double quotes)',
    zh: '这里不是合法的 JSON 值（文本要放在双引号里）',
  },
  InvalidNumberFormat: { en: 'this is not a JSON number', zh: '这里不是合法的数字' },
  PropertyNameExpected: {
    en: 'a property name in double quotes is expected; is there a comma too many before it?',
    zh: '这里应是双引号里的属性名；前面是不是多了一个逗号？',
  },
  ValueExpected: {
    en: 'a value is expected; is there a comma too many before it?',
    zh: '这里应有一个值；前面是不是多了一个逗号？',
  },
  ColonExpected: { en: 'a colon is expected', zh: '这里应是冒号' },
  CommaExpected: { en: 'a comma is expected', zh: '这里应是逗号' },
  CloseBraceExpected: { en: 'a closing brace is expected', zh: '这里应是右花括号' },
  CloseBracketExpected: { en: 'a closing bracket is expected', zh: '这里应是右方括号' },
  EndOfFileExpected: { en: 'the JSON ends before this', zh: 'JSON 在这之前已经结束' },
  InvalidCommentToken: { en: 'JSON has no comments', zh: 'JSON 里不能写注释' },
  UnexpectedEndOfComment: { en: 'JSON has no comments', zh: 'JSON 里不能写注释' },
  UnexpectedEndOfString: { en: 'the closing quote is missing', zh: '文本缺少结尾的双引号' },
};

const sentenceOf = ({ error }: ParseError): Words => SENTENCES[printParseErrorCode(error)] ?? NO_JSON;
