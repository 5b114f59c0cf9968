import { readFileSync } from 'node:fs';
import { readJson } from '../../config/json-text.js';
import { decodeExactly, whyUnreadable } from '../../config/text-file.js';
import type { Json } from '../../protocol/json.js';
import { UsageInvalid } from '../command.js';

/** Reads a body: JSON on the command line, the path of a file, or `-` for standard input. @throws UsageInvalid */
export function readBody(option: string, given: string): Json {
  const isInline = /^\s*[[{"]/.test(given);
  const text = isInline ? given : readText(option, given);
  const read = readJson(text);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse makes is JSON
  if (read.type === 'json') return read.value as Json;
  throw new UsageInvalid({
    en: `${option} is no JSON: ${read.where.en}.`,
    zh: `${option} 不是 JSON：${read.where.zh}。`,
  });
}

function readText(option: string, file: string): string {
  try {
    return decodeExactly(readFileSync(file === '-' ? 0 : file));
  } catch (error) {
    const why = whyUnreadable(error);
    throw new UsageInvalid({
      en: `${option} ${file} ${why.en}. Give JSON, a file with JSON, or - for standard input.`,
      zh: `${option} ${file} ${why.zh}。请写 JSON、JSON 文件的路径，或者用 - 表示标准输入。`,
    });
  }
}

/** Reads a body that is an object. @throws UsageInvalid */
export function readFields(option: string, given: string): { readonly [name: string]: Json } {
  const body = readBody(option, given);
  if (typeof body === 'object' && body !== null && !isList(body)) return body;
  throw new UsageInvalid({
    en: `${option} is no JSON object such as {"name": "…"}.`,
    zh: `${option} 不是 JSON 对象，应当像 {"name": "…"}。`,
  });
}

const isList = (json: Json): json is readonly Json[] => Array.isArray(json);
