import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page, and what its console complained about: errors, warnings, refusals by the content security policy. */
export interface OpenedPage {
  readonly page: Page;
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** @param flags of Chromium, beside ours */
export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(':').concat('/usr/bin');
  const executablePath = folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error(`none of ${NAMES.join(', ')} is on the PATH`);
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags], timeout: 60_000 });
}

/** Opens the address in a profile of its own: nothing is remembered from page to page. `ready`: selector of what is there last. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
  ready = '.follower[aria-current]',
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(40_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  await page.waitForSelector(ready, { state: 'attached' }).catch((error: unknown) => {
    throw new Error(`the page shows no ${ready}; its console says: ${complaints.join(' | ')}`, {
      cause: error,
    });
  });
  return { page, complaints, close: () => context.close() };
}

/** Of the page's ground: 0 to 255. */
export async function brightness(page: Page): Promise<number> {
  const colour = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  return Number(/\d+/.exec(colour)?.[0]);
}

/** Elements that reach beyond the right edge of the screen, once the page has drawn, but for those inside `scrolled`. */
export function overflow(page: Page, scrolled: string): Promise<string[]> {
  return page.evaluate<string[]>(`
    new Promise((resolve) => setTimeout(resolve, 40)).then(() => [...document.querySelectorAll('.page *')]
      .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
      .filter((node) => !node.closest(${JSON.stringify(scrolled)}))
      .map((node) => node.tagName + '.' + node.getAttribute('class')))
  `);
}
