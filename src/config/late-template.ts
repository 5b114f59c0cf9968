import { z } from 'zod';
import { PLACEHOLDERS, strangePlaceholder, type LateTemplate } from '../protocol/late-template.js';
import type { Words } from '../protocol/words.js';
import { readJson } from './json-text.js';

const shape = z.strictObject({
  type: z.enum(['template', 'subscription']),
  templateId: z.string().trim().min(1),
  data: z.record(z.string().regex(/^\w+$/), z.string().min(1)).refine((data) => Object.keys(data).length > 0),
  url: z
    .string()
    .regex(/^https?:\/\//i)
    .refine((url) => URL.canParse(url))
    .exactOptional(),
  miniprogram: z
    .strictObject({ appid: z.string().min(1), pagepath: z.string().exactOptional() })
    .exactOptional(),
});

/** The allowed values of each field, for messages. */
const ALLOWED: Readonly<Record<string, Words>> = {
  type: { en: '"template" or "subscription"', zh: '"template" 或 "subscription"' },
  templateId: {
    en: 'the id of a template in use, as `wechat-callback template list` shows it',
    zh: '一个在用模板的 ID，可用 `wechat-callback template list` 查看',
  },
  data: {
    en: 'an object of texts by field, such as {"thing1": "{answer:20}", "time2": "{time}"}',
    zh: '由字段和文本组成的对象，例如 {"thing1": "{answer:20}", "time2": "{time}"}',
  },
  url: { en: 'an http(s) URL', zh: '一个 http(s) URL' },
  miniprogram: {
    en: 'an object with appid and, if wanted, pagepath',
    zh: '一个对象，包含 appid，需要时再加 pagepath',
  },
};

/** Parses the template from JSON, or adds its mistakes to `faults`. `name`: its name in messages. */
export function readLateTemplate(text: string, name: string, faults: Words[]): LateTemplate | undefined {
  const json = readJson(text);
  const given = json.type === 'json' ? json.value : undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const allowed = '{"type": "template", "templateId": "…", "data": {…}}';
    const place = json.type === 'broken' ? json.where : undefined;
    faults.push({
      en: `${name} is not a JSON object${place === undefined ? '' : ` (${place.en})`}; allowed: ${allowed}. Correct it.`,
      zh: `${name} 不是 JSON 对象${place === undefined ? '' : `（${place.zh}）`}；格式：${allowed}。请改正。`,
    });
    return undefined;
  }
  const read = shape.safeParse(given);
  if (!read.success) {
    const found = read.error.issues.map((issue) => sentenceOf(issue, given));
    for (const { en, zh } of new Map(found.map((sentence) => [sentence.en, sentence])).values())
      faults.push({ en: `${name}: ${en}`, zh: `${name}：${zh}` });
    return undefined;
  }
  const { data } = read.data;
  for (const [field, value] of Object.entries(data)) {
    const strange = strangePlaceholder(value);
    if (strange !== undefined)
      faults.push({
        en: `${name}: data.${field} holds ${strange}; allowed: ${PLACEHOLDERS.en}. Correct it.`,
        zh: `${name}：data.${field} 里有 ${strange}；可用的占位符：${PLACEHOLDERS.zh}。请改正。`,
      });
  }
  return read.data;
}

function sentenceOf(issue: z.core.$ZodIssue, given: object): Words {
  const [key] = issue.path;
  if (key === undefined && issue.code === 'unrecognized_keys') {
    const known = Object.keys(ALLOWED);
    return {
      en: `it has ${issue.keys.join(', ')}; allowed: ${known.join(', ')}. Remove what is more.`,
      zh: `多了 ${issue.keys.join('、')}；可用的是：${known.join('、')}。请删掉多余的。`,
    };
  }
  const name = String(key);
  const isThere = Object.hasOwn(given, name);
  return {
    en: `${name} ${isThere ? 'is something else than allowed' : 'is missing'}; allowed: ${ALLOWED[name]?.en}. Correct it.`,
    zh: `${isThere ? `${name} 不正确` : `缺少 ${name}`}；应为：${ALLOWED[name]?.zh}。请改正。`,
  };
}
