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
import { plainRule, type Menus } from './menus.js';
import { plainButton } from './plain-button.js';

/** The file of menus cannot be read, or what it says is no menu. */
export class MenuFileInvalid extends AppError {
  readonly code = 'menu_file_invalid';
}

/** Menus as they stand in a file; `base` is the fingerprint of the live ones that they were made from. */
export interface MenuFile {
  readonly menus: Menus;
  readonly base: string | undefined;
}

/** A file as it was read: `base` can be noted in it without reading it again. */
export interface ReadMenuFile extends MenuFile {
  readonly path: string;
  readonly content: string;
}

/** What a button of each type needs besides its name. */
const NEEDS: Readonly<
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
/** `menu/get` tells of an empty list where there is none. */
const subButton = z
  .strictObject({ ...acting, sub_button: z.tuple([]).exactOptional() })
  .superRefine(checkNeeds);
const topButton = z
  .strictObject({ ...acting, sub_button: z.array(subButton).exactOptional() })
  .superRefine((button, context) => {
    if (button.sub_button === undefined || button.sub_button.length === 0) checkNeeds(button, context);
    else if (button.type !== undefined)
      context.addIssue({ code: 'custom', path: ['type'], message: 'a button that opens others has no type' });
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
  const needs = NEEDS[type];
  const issue = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (needs === undefined) issue('type', `is one of ${Object.keys(NEEDS).join(', ')}`);
  else
    for (const need of needs)
      if (button[need] === undefined) issue(need, `a button of type ${type} needs it`);
}

/** Reads menus, YAML or JSON. @throws MenuFileInvalid  with every fault at once */
export function readMenuFile(path: string): ReadMenuFile {
  const content = readContent(path);
  const read = fileSchema.safeParse(isJson(path) ? jsonOf(path, content) : yamlOf(path, content));
  if (!read.success) throw new MenuFileInvalid(`${path} holds no menu:\n${z.prettifyError(read.error)}`);
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
    const hint = codeOf(error) === 'ENOENT' ? `. "menu pull ${path}" makes it` : '';
    throw new MenuFileInvalid(`${path} ${whyUnreadable(error)}${hint}.`);
  }
}

function jsonOf(path: string, content: string): unknown {
  const read = readJson(content);
  if (read.type === 'broken') throw new MenuFileInvalid(`${path} is no JSON: ${read.where}.`);
  return read.value;
}

function yamlOf(path: string, content: string): unknown {
  const document = parseDocument(content);
  const [broken] = document.errors;
  if (broken !== undefined) throw new MenuFileInvalid(`${path} is no YAML: ${broken.message}`);
  try {
    return document.toJS();
  } catch (error) {
    // An alias that names nothing, or too many of them.
    throw new MenuFileInvalid(
      `${path} is no YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** No menu at all is one as well. */
function checkSizes(path: string, { button, conditional }: Menus): void {
  if (button.length === 0 && conditional.length === 0) return;
  try {
    for (const one of [{ button }, ...conditional]) checkLimits(path, MENU_LIMITS, one);
  } catch (error) {
    if (!(error instanceof ApiRequestInvalid)) throw error;
    throw new MenuFileInvalid(error.message.replace(' was not called: ', ': '));
  }
}

/** Writes menus so that `readMenuFile` reads them, JSON where the name says so. @throws MenuFileInvalid */
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
    const why = codeOf(error) === 'EEXIST' ? 'is there already: --force overwrites it' : whyUnwritable(error);
    throw new MenuFileInvalid(`${path} ${why}`);
  }
}

/** Notes what the file's menus are based on from now on, and leaves everything else of it as it was. */
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

export const whyUnwritable = (error: unknown): string => `cannot be written (${codeOf(error)})`;
