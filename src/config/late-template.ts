import { z } from 'zod';
import { PLACEHOLDERS, strangePlaceholder, type LateTemplate } from '../protocol/late-template.js';
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

/** What may stand in each place, for messages. */
const ALLOWED: Readonly<Record<string, string>> = {
  type: '"template" or "subscription"',
  templateId: 'the id of a template in use, as `wechat-callback template list` shows it',
  data: 'an object of texts by field, such as {"thing1": "{answer:20}", "time2": "{time}"}',
  url: 'an http(s) URL',
  miniprogram: 'an object with appid and, if wanted, pagepath',
};

/** Reads the template from its JSON text, or adds to `faults` all that is wrong with it. `name`: what messages call it. */
export function readLateTemplate(text: string, name: string, faults: string[]): LateTemplate | undefined {
  const json = readJson(text);
  const given = json.type === 'json' ? json.value : undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    faults.push(
      `${name} is no JSON object${json.type === 'broken' ? ` (${json.where})` : ''}; ` +
        'allowed: {"type": "template", "templateId": "…", "data": {…}}. Correct it.',
    );
    return undefined;
  }
  const read = shape.safeParse(given);
  if (!read.success) {
    for (const sentence of new Set(read.error.issues.map((issue) => sentenceOf(issue, given))))
      faults.push(`${name}: ${sentence}`);
    return undefined;
  }
  const { data } = read.data;
  for (const [field, value] of Object.entries(data)) {
    const strange = strangePlaceholder(value);
    if (strange !== undefined)
      faults.push(`${name}: data.${field} holds ${strange}; allowed: ${PLACEHOLDERS}. Correct it.`);
  }
  return read.data;
}

function sentenceOf(issue: z.core.$ZodIssue, given: object): string {
  const [key] = issue.path;
  if (key === undefined && issue.code === 'unrecognized_keys')
    return `it has ${issue.keys.join(', ')}; allowed: ${Object.keys(ALLOWED).join(', ')}. Remove what is more.`;
  const what = Object.hasOwn(given, String(key)) ? 'is something else than allowed' : 'is missing';
  return `${String(key)} ${what}; allowed: ${ALLOWED[String(key)]}. Correct it.`;
}
