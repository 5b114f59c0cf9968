import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { startAnsweringServer, type AnsweringServer } from '../support/conformance/answering-server.js';
import { brightness, launchBrowser, openPage, overflow } from '../support/processes/browser.js';
import { portOf } from '../support/processes/port-of.js';

const MARKUP = `<img src=x onerror="window.wasRun=1"><script>window.wasRun=1</script>`;

let sandbox: Sandbox;
let listener: Server;
let url: string;
let answering: AnsweringServer;
let browser: Browser;

beforeAll(async () => {
  [answering, browser] = await Promise.all([startAnsweringServer(), launchBrowser()]);
  sandbox = createSandbox({ account: { target: answering.url, mode: 'plaintext' } });
  listener = createServer(sandbox.http).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  url = `http://127.0.0.1:${portOf(listener)}`;
}, 180_000);
afterAll(async () => {
  await browser.close();
  listener.close();
  listener.closeAllConnections();
  await answering.stop();
});

/** Opens the page with nothing on record, and expects that its console stayed silent. */
async function withPage(options: BrowserContextOptions, work: (page: Page) => Promise<void>): Promise<void> {
  sandbox.reset();
  const { page, complaints, close } = await openPage(browser, url, options);
  await work(page);
  await close();
  expect(complaints).toEqual([]);
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const text = (content: string) => `<MsgType><![CDATA[text]]></MsgType><Content>${escape(content)}</Content>`;
const article = (title: string, address: string) =>
  `<item><Title>${escape(title)}</Title><Description></Description><PicUrl>http://127.0.0.1:1/p.png</PicUrl><Url>${escape(address)}</Url></item>`;

async function push(content: string): Promise<void> {
  await sandbox.push({ kind: 'message.text', fields: { Content: content } });
}

describe('given texts that look like markup', () => {
  test('when they come from follower and account, then they are shown as they are and nothing runs', async () => {
    await withPage({ locale: 'en-US' }, async (page) => {
      answering.answer(text(MARKUP));
      await push(MARKUP);
      await page.locator('.line.theirs .bubble').waitFor();

      expect(await page.locator('.bubble').allTextContents()).toEqual([MARKUP, MARKUP]);
      await page.locator('.push-row').click();
      await page.locator('.raw pre').first().waitFor();
      expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
      expect(await page.evaluate('window.wasRun')).toBeUndefined();
    });
  });

  test('when they hold links, then only http and https can be followed, without an opener', async () => {
    await withPage({ locale: 'en-US' }, async (page) => {
      answering.answer(
        text(
          `<a href="javascript:alert(1)">bad</a> <a href="https://example.com/x?a=1&b=2" onclick="alert(1)">good</a> data:text/html,x`,
        ),
      );
      await push('links');
      await page.locator('.line.theirs .bubble').waitFor();
      answering.answer(
        `<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles>${article(MARKUP, 'javascript:alert(1)')}</Articles>`,
      );
      await push('news');
      await page.locator('.news').waitFor();

      const links = page.locator('.chat a');
      expect(await links.count()).toBe(1);
      expect(await links.getAttribute('href')).toBe('https://example.com/x?a=1&b=2');
      expect(await links.getAttribute('rel')).toBe('noopener noreferrer');
      expect(await page.locator('.news b').textContent()).toBe(MARKUP);
    });
  });
});

describe('given readers of two languages, on any screen, by day and by night', () => {
  test('when the language is switched, then it is remembered', async () => {
    await withPage({ locale: 'en-US' }, async (page) => {
      await page.getByRole('heading', { name: 'WeChat sandbox' }).waitFor();
      expect(await page.evaluate('document.documentElement.lang')).toBe('en');
      await page.getByRole('button', { name: '中文' }).click();
      await page.getByRole('heading', { name: '微信沙箱' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: '微信沙箱' }).waitFor();
      expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    });
  });

  test('when the system is dark, then so is the page, until another theme is chosen', async () => {
    await withPage({ locale: 'en-US', colorScheme: 'dark' }, async (page) => {
      expect(await brightness(page)).toBeLessThan(60);
      await page.getByRole('button', { name: 'Theme: system' }).click();
      await page.getByRole('button', { name: 'Theme: light' }).waitFor();
      expect(await brightness(page)).toBeGreaterThan(200);
      await page.reload();
      await page.getByRole('button', { name: 'Theme: light' }).waitFor();
      expect(await brightness(page)).toBeGreaterThan(200);
    });
  });

  test.each(['zh-CN', 'en-US'])(
    'when the screen is as narrow as a phone (%s), then nothing sticks out of it',
    async (locale) => {
      await withPage({ locale }, async (page) => {
        answering.answer(text(`https://example.com/${'long'.repeat(80)}`));
        await push('W'.repeat(300));
        await page.locator('.push-row').waitFor();
        for (const width of [1280, 390, 320]) {
          await page.setViewportSize({ width, height: 780 });
          const walk = ['.panes button', '[role=tab]', '[role=tab]:first-child', '.push-row'];
          for (const button of (await Promise.all(walk.map((part) => page.locator(part).all()))).flat()) {
            if (!(await button.isVisible())) continue;
            const pressed = await button.textContent();
            await button.click();
            expect([width, pressed, await overflow(page, '.tabs, .visually-hidden, pre, svg')]).toEqual([
              width,
              pressed,
              [],
            ]);
          }
        }
      });
    },
  );
});

describe('given hands on the keyboard', () => {
  test('when the picker is opened, then a kind is found, sent, and Esc would have closed', async () => {
    await withPage({ locale: 'en-US' }, async (page) => {
      answering.answer(undefined);
      const more = page.getByRole('button', { name: 'More messages and events' });
      await more.focus();
      await page.keyboard.press('Enter');
      await page.locator('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.locator('.composer .round:focus').waitFor();

      await page.keyboard.press('Enter');
      await page.locator('dialog input:focus').waitFor();
      await page.keyboard.type('location_select');
      await page.getByLabel('EventKey').press('Enter');
      await page.locator('.push-row', { hasText: 'no reply' }).waitFor();
      expect(sandbox.state.exchanges.list().map(({ kind }) => kind)).toEqual(['event.location_select']);
    });
  });

  test('when the tabs have the focus, then arrows walk along them', async () => {
    await withPage({ locale: 'en-US' }, async (page) => {
      await page.getByRole('tab', { name: 'Pushes' }).focus();
      await page.keyboard.press('ArrowLeft');
      await page.locator('#tab-setup[aria-selected=true]:focus').waitFor();
    });
  });
});

describe('given a connection that breaks', () => {
  test('when the stream comes back, then the page shows what happened meanwhile', async () => {
    sandbox.reset();
    answering.answer(undefined);
    const { page, close } = await openPage(browser, url, { locale: 'en-US' });
    await page.locator('.lamp.open').waitFor();
    listener.closeAllConnections();
    await push('while you were out');
    await page.locator('.bubble', { hasText: 'while you were out' }).waitFor();
    await page.locator('.lamp.open').waitFor();
    await close();
  });
});
