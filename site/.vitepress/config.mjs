import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { githubSlug, searchTerms, withoutLinksOutside } from './markdown.mjs';

const docs = new URL('../../docs/', import.meta.url);

/** The pages by what a reader wants. A test compares them with the folder. */
const sections = JSON.parse(readFileSync(new URL('../sections.json', import.meta.url), 'utf8'));

/** The first heading of a page. */
function titleOf(page) {
  const [, title = page] = /^# (.+)$/m.exec(readFileSync(new URL(`${page}.md`, docs), 'utf8')) ?? [];
  return title.replaceAll('`', '');
}

/** @param {'zh' | 'en'} language */
function sidebar(language) {
  const folder = language === 'zh' ? 'zh/' : '';
  return sections.map((section) => ({
    text: section[language],
    items: section.pages.map((page) => ({ text: titleOf(folder + page), link: `/${folder}${page}` })),
  }));
}

/** Made by the build alone, beside the pages. */
const reference = (text) =>
  process.argv.includes('build') ? [{ text, link: '/reference/index.html', target: '_self' }] : [];

const zh = {
  nav: [
    { text: '快速上手', link: '/zh/quick-start' },
    { text: '推送', link: '/zh/pushes' },
    { text: '运维', link: '/zh/operations' },
    ...reference('接口参考'),
  ],
  sidebar: sidebar('zh'),
  outline: { label: '本页目录', level: [2, 3] },
  docFooter: { prev: '上一页', next: '下一页' },
  darkModeSwitchLabel: '外观',
  lightModeSwitchTitle: '切换到浅色',
  darkModeSwitchTitle: '切换到深色',
  sidebarMenuLabel: '目录',
  returnToTopLabel: '回到顶部',
  langMenuLabel: '语言',
  skipToContentLabel: '跳到正文',
};

const en = {
  nav: [
    { text: 'Quick start', link: '/quick-start' },
    { text: 'Pushes', link: '/pushes' },
    { text: 'Operations', link: '/operations' },
    ...reference('Reference'),
  ],
  sidebar: sidebar('en'),
  outline: { level: [2, 3] },
};

export default defineConfig({
  title: 'wechat-callback-server',
  srcDir: fileURLToPath(docs),
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  rewrites: { 'README.md': 'index.md', 'zh/README.md': 'zh/index.md' },
  locales: {
    root: { label: 'English', lang: 'en', description: 'The callback server of a WeChat Official Account' },
    zh: { label: '中文', lang: 'zh-CN', description: '微信公众号的消息推送服务器', themeConfig: zh },
  },
  themeConfig: {
    ...en,
    search: {
      provider: 'local',
      options: {
        miniSearch: { options: { tokenize: searchTerms } },
        locales: {
          zh: {
            translations: {
              button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
              modal: {
                displayDetails: '显示详情',
                noResultsText: '没有找到',
                resetButtonTitle: '清除',
                backButtonTitle: '关闭',
                footer: { selectText: '打开', navigateText: '切换', closeText: '关闭' },
              },
            },
          },
        },
      },
    },
  },
  markdown: {
    // What looks like a tag in the pages is text.
    html: false,
    anchor: { slugify: githubSlug },
    config: withoutLinksOutside(fileURLToPath(docs), process.env.DOCS_REPOSITORY),
  },
});
