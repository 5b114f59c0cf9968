import { writeFile } from 'node:fs/promises';
import { extname, join, dirname, basename } from 'node:path';
import { isMap, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { codeOf } from '../../adapters/http/error-code.js';
import { ApiRequestInvalid } from '../../api/api-error.js';
import { checkLimits } from '../../api/catalogue/limits.js';
import { MENU_LIMITS } from '../../api/catalogue/menu-button.js';
import { readJson } from '../../config/json-text.js';
import { readTextFile, whyUnreadable } from '../../config/text-file.js';
import { AppError } from '../../protocol/app-error.js';
import type { Words } from '../../protocol/words.js';
import { plainRule, type Menus } from './menus.js';
import { plainButton } from './plain-button.js';

/** The menu file cannot be read, or does not contain valid menus. */
export class MenuFileInvalid extends AppError {
  readonly code = 'menu_file_invalid';
}

/** The menus of a file; `base` is the fingerprint of the live menus from which it was made. */
export interface MenuFile {
  readonly menus: Menus;
  readonly base: string | undefined;
}

/** A file with its content, so that `base` can be updated without another read. */
export interface ReadMenuFile extends MenuFile {
  readonly path: string;
  readonly content: string;
}

/** The fields of each button type besides its name. `docs/menu-file.md` lists the same. */
export const BUTTON_NEEDS: Readonly<
  Record<string, readonly ('key' | 'url' | 'media_id' | 'article_id' | 'appid' | 'pagepath')[]>
> = {
  click: ['key'],
  view: ['url'],
  scancode_push: ['key'],
  scancode_waitmsg: ['key'],
  pic_sysphoto: ['key'],
  pic_photo_or_album: ['key'],
  pic_weixin: ['key'],
  location_select: ['key'],
  media_id: ['media_id'],
  view_limited: ['media_id'],
  article_id: ['article_id'],
  article_view_limited: ['article_id'],
  miniprogram: ['appid', 'pagepath', 'url'],
};

const text = z.union([z.string(), z.number()]).transform(String);
const acting = {
  name: text,
  type: z.string().exactOptional(),
  key: text.exactOptional(),
  url: z.string().exactOptional(),
  appid: z.string().exactOptional(),
  pagepath: z.string().exactOptional(),
  media_id: z.string().exactOptional(),
  article_id: z.string().exactOptional(),
};
/** `menu/get` returns an empty list if there is none. */
const subButton = z
  .strictObject({ ...acting, sub_button: z.tuple([]).exactOptional() })
  .superRefine(checkNeeds);
const topButton = z
  .strictObject({ ...acting, sub_button: z.array(subButton).exactOptional() })
  .superRefine((button, context) => {
    if (button.sub_button === undefined || button.sub_button.length === 0) checkNeeds(button, context);
    else if (button.type !== undefined)
      context.addIssue(
        issueAt('type', { en: 'a button that opens others has no type', zh: '有子菜单的按钮不写 type' }),
      );
  });
const matchrule = z.strictObject({
  tag_id: text.exactOptional(),
  client_platform_type: text.exactOptional(),
});
const fileSchema = z.strictObject({
  base: text.exactOptional(),
  button: z.array(topButton),
  conditional: z.array(z.strictObject({ matchrule, button: z.array(topButton) })).default([]),
});

function checkNeeds(button: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const type = typeof button['type'] === 'string' ? button['type'] : '';
  const needs = BUTTON_NEEDS[type];
  if (needs === undefined) {
    const types = Object.keys(BUTTON_NEEDS);
    const words = { en: `is one of ${types.join(', ')}`, zh: `应为其中之一：${types.join('、')}` };
    context.addIssue(issueAt('type', words));
    return;
  }
  for (const need of needs)
    if (button[need] === undefined)
      context.addIssue(
        issueAt(need, { en: `a button of type ${type} needs it`, zh: `${type} 类型的按钮需要它` }),
      );
}

/** A fault of a field. `params` carries the Chinese sentence, which an issue has no place for. */
const issueAt = (path: string, { en, zh }: Words) => ({
  code: 'custom' as const,
  path: [path],
  message: en,
  params: { zh },
});

/** Every fault on two lines, as zod prints them. */
function faultsOf(content: unknown, english: z.ZodError): Words {
  const chinese = fileSchema.safeParse(content, { error: z.locales.zhCN().localeError }).error ?? english;
  const issues = chinese.issues.map((issue) => {
    const zh: unknown = issue.code === 'custom' ? issue.params?.['zh'] : undefined;
    return typeof zh === 'string' ? { ...issue, message: zh } : issue;
  });
  return {
    en: z.prettifyError(english),
    zh: z.prettifyError({ issues }).replaceAll('→ at ', '→ '),
  };
}

/** Reads menus, YAML or JSON. @throws MenuFileInvalid  with every fault at once */
export function readMenuFile(path: string): ReadMenuFile {
  const content = readContent(path);
  const value = isJson(path) ? jsonOf(path, content) : yamlOf(path, content);
  const read = fileSchema.safeParse(value);
  if (!read.success) {
    const faults = faultsOf(value, read.error);
    throw new MenuFileInvalid({
      en: `${path} holds no menu:\n${faults.en}`,
      zh: `${path} 里的菜单有错：\n${faults.zh}`,
    });
  }
  const { base, button, conditional } = read.data;
  const menus = {
    button: button.map(plainButton),
    conditional: conditional.map((one) => ({
      matchrule: plainRule(one.matchrule),
      button: one.button.map(plainButton),
    })),
  };
  checkSizes(path, menus);
  return { menus, base, path, content };
}

function readContent(path: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    const why = whyUnreadable(error);
    const isAbsent = codeOf(error) === 'ENOENT';
    throw new MenuFileInvalid({
      en: `${path} ${why.en}.${isAbsent ? ` "menu pull ${path}" makes it.` : ''}`,
      zh: `${path} ${why.zh}。${isAbsent ? `用 "menu pull ${path}" 生成它。` : ''}`,
    });
  }
}

function jsonOf(path: string, content: string): unknown {
  const read = readJson(content);
  if (read.type === 'broken')
    throw new MenuFileInvalid({
      en: `${path} is not JSON: ${read.where.en}.`,
      zh: `${path} 不是 JSON：${read.where.zh}。`,
    });
  return read.value;
}

function yamlOf(path: string, content: string): unknown {
  const document = parseDocument(content);
  const [broken] = document.errors;
  if (broken !== undefined) throw noYaml(path, broken.message);
  try {
    return document.toJS();
  } catch (error) {
    // An unknown alias, or too many.
    throw noYaml(path, error instanceof Error ? error.message : String(error));
  }
}

const noYaml = (path: string, why: string): MenuFileInvalid =>
  new MenuFileInvalid({ en: `${path} is not YAML: ${why}`, zh: `${path} 不是 YAML：${why}` });

/** Checks the numbers of buttons. An absent menu is valid. */
function checkSizes(path: string, { button, conditional }: Menus): void {
  if (button.length === 0 && conditional.length === 0) return;
  try {
    for (const one of [{ button }, ...conditional]) checkLimits(path, MENU_LIMITS, one);
  } catch (error) {
    if (!(error instanceof ApiRequestInvalid)) throw error;
    const { field, why } = error;
    throw new MenuFileInvalid({
      en: `${path}: ${field} ${why.en}`,
      zh: `${path}：${field} ${why.zh}`,
    });
  }
}

/** Writes menus in the format of `readMenuFile`; JSON for such a file name. @throws MenuFileInvalid */
export async function writeMenuFile(
  path: string,
  { menus, base }: MenuFile,
  { overwrite }: { readonly overwrite: boolean },
): Promise<void> {
  const { button, conditional } = menus;
  const content = { ...(base !== undefined && { base }), button, conditional };
  const note =
    '# `base` says what the menus were when this was pulled: a push refuses if they changed since.\n';
  const whole = isJson(path) ? `${JSON.stringify(content, undefined, 2)}\n` : note + stringify(content);
  try {
    await writeFile(path, whole, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    const why =
      codeOf(error) === 'EEXIST'
        ? { en: 'already exists: --force overwrites it', zh: '已经存在：用 --force 覆盖它' }
        : whyUnwritable(error);
    throw new MenuFileInvalid({ en: `${path} ${why.en}`, zh: `${path} ${why.zh}` });
  }
}

/** Updates `base` in the file, and leaves everything else unchanged. */
export async function saveBaseline({ path, content }: ReadMenuFile, base: string): Promise<void> {
  if (isJson(path)) {
    const value: unknown = JSON.parse(content);
    await writeFile(path, `${JSON.stringify({ ...Object(value), base }, undefined, 2)}\n`);
    return;
  }
  const document = parseDocument(content);
  if (isMap(document.contents)) document.set('base', base);
  await writeFile(path, document.toString());
}

/** `menu.yaml` → `menu.2026-11-22T120000123Z.backup.yaml`, in the same folder. */
export function backupPath(path: string, now: Date): string {
  const extension = extname(path);
  const stamp = now.toISOString().replaceAll(/[:.]/g, '');
  return join(
    dirname(path),
    `${basename(path, extension)}.${stamp}.backup${extension === '' ? '.yaml' : extension}`,
  );
}

const isJson = (path: string): boolean => extname(path) === '.json';

export const whyUnwritable = (error: unknown): Words => ({
  en: `cannot be written (${codeOf(error)})`,
  zh: `无法写入（${codeOf(error)}）`,
});
