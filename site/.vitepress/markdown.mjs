import { dirname, join, relative, resolve } from 'node:path';

/** The anchor that GitHub gives a heading, so that one link works at both places. */
export const githubSlug = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** Words of a text, or single characters where it is Chinese. Runs in the browser: it may use nothing of this file. */
export const searchTerms = (text) => text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}_.-]+/gu) ?? [];

/**
 * A plugin: a link out of the folder of the pages leads to the repository, `https://…/blob/main`. Without one it is
 * text, since the site does not have the file.
 */
export const withoutLinksOutside = (folder, repository) => (markdown) => {
  const close =
    markdown.renderer.rules.link_close ??
    ((tokens, index, options, _env, self) => self.renderToken(tokens, index, options));
  const open =
    markdown.renderer.rules.link_open ??
    ((tokens, index, options, _env, self) => self.renderToken(tokens, index, options));
  let isDropped = false;
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const href = tokens[index].attrGet('href') ?? '';
    const path = outsidePath(folder, env.path ?? '', href);
    isDropped = path !== undefined && repository === undefined;
    if (isDropped) return '';
    if (path === undefined) {
      // Where a folder begins, the site has its README.
      tokens[index].attrSet('href', href.replace(/(^|\/)README\.md$/, '$1') || './');
      return open(tokens, index, options, env, self);
    }
    tokens[index].attrSet('href', `${repository}/${path}`);
    tokens[index].attrSet('target', '_blank');
    tokens[index].attrSet('rel', 'noreferrer');
    return self.renderToken(tokens, index, options);
  };
  markdown.renderer.rules.link_close = (...args) => {
    if (!isDropped) return close(...args);
    isDropped = false;
    return '';
  };
};

/** The path in the repository of a file that is no page, or `undefined` for everything else. */
function outsidePath(folder, page, href) {
  if (href === '' || href.startsWith('#') || /^[a-z]+:/i.test(href)) return undefined;
  const [file = ''] = decodeURI(href).split('#');
  const target = resolve(dirname(page), file);
  const inFolder = relative(folder, target);
  if (!inFolder.startsWith('..') && inFolder.endsWith('.md')) return undefined;
  return relative(join(folder, '..'), target);
}
