import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { healthyServer, troubledServer, type MadeUpServer } from '../support/operator/made-up-server.js';
import { showServer, type ShownServer } from '../support/operator/show-server.js';
import { brightness, launchBrowser, openPage, overflow } from '../support/processes/browser.js';
import { eventually } from '../support/time/eventually.js';

const KEY = 'the key of the operators';
const MARKUP = `<img src=x onerror="window.wasRun=1">`;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 180_000);
afterAll(() => browser.close());

let server: ShownServer | undefined;
afterEach(() => server?.stop());

/** Shows the page of a server, and expects that its console stayed silent. */
async function withPage(
  shown: MadeUpServer,
  options: BrowserContextOptions & { readonly key?: string },
  work: (page: Page, server: ShownServer) => Promise<void>,
): Promise<void> {
  const { key, ...rest } = options;
  server = await showServer(shown, key);
  const ready = key === undefined ? '#handlers' : 'form';
  const { page, complaints, close } = await openPage(
    browser,
    server.url,
    { locale: 'en-US', ...rest },
    ready,
  );
  await work(page, server);
  await close();
  expect(complaints).toEqual([]);
}
const healthy = () => healthyServer(Date.now());
const troubled = () => troubledServer(Date.now());

const group = (page: Page, reason: string) => page.locator('.group', { hasText: reason });
const rowsOf = (page: Page, reason: string) => group(page, reason).locator('.rows > li');

describe('given a server that is well', () => {
  test.each([
    ['zh-CN', '一切正常', '运行状况', '每分钟推送'],
    ['en-US', 'All is well', 'Operations', 'Pushes a minute'],
  ])(
    'when it is looked at in %s, then one sentence says so, and nothing asks for a person',
    async (...row) => {
      const [locale, sentence, title, chart] = row;
      await withPage(healthy(), { locale }, async (page) => {
        await page.getByRole('heading', { name: sentence }).waitFor();
        await page.getByRole('heading', { name: chart }).waitFor();
        expect(await page.title()).toBe(title);
        expect(await page.evaluate('document.documentElement.lang')).toBe(
          locale === 'zh-CN' ? 'zh-CN' : 'en',
        );
        expect(await page.locator('.alarms, .findings, #dead-letters, #troubles, #refusals').count()).toBe(0);
      });
    },
  );
});

describe('given a server in trouble', () => {
  test('when it is looked at, then alarms, causes and figures say why', async () => {
    await withPage(troubled(), {}, async (page) => {
      await page.getByRole('heading', { name: 'Something has to be done' }).waitFor();
      const alarms = await page.locator('.alarms li').allTextContents();
      expect(alarms).toEqual([
        expect.stringMatching(/No access token.*campus.*40164.*What to do/s),
        expect.stringMatching(/Late answers pile up.*155 s/s),
      ]);
      expect((await page.locator('.findings li').allTextContents()).join('\n')).toMatch(
        /Redis is away.*42 records.*12 signed requests.*The handler order threw TimeoutError.*50 dead letters/s,
      );
      expect(await page.locator('.tile .value').allTextContents()).toEqual([
        expect.stringMatching(/^1,\d{3}$/),
        '12 ms/4.31 s',
        '21',
        '50',
      ]);
      expect(await page.title()).toBe('⚠ Operations');
    });
  });

  test('when names look like markup, then they are shown as they are and nothing runs', async () => {
    const told = troubled();
    const letters = told.letters.map((letter) => ({ ...letter, handler: MARKUP, detail: MARKUP }));
    const troubles = told.troubles.map((trouble) => ({ ...trouble, what: MARKUP, errmsg: MARKUP }));
    await withPage({ ...told, letters, troubles }, {}, async (page) => {
      await group(page, 'window-closed').locator('summary').click();
      expect(await rowsOf(page, 'window-closed').first().textContent()).toContain(MARKUP);
      expect(await page.locator('#troubles').textContent()).toContain(MARKUP);
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.evaluate('window.wasRun')).toBeUndefined();
    });
  });
});

describe('given 50 dead letters', () => {
  test('when they are opened, then they stand by reason, ten at first', async () => {
    await withPage(troubled(), {}, async (page) => {
      const showsRows = (rows: number) =>
        eventually(async () => expect(await rowsOf(page, 'window-closed').count()).toBe(rows));
      await eventually(async () =>
        expect(await page.locator('.group summary .chip').allTextContents()).toEqual(['30', '15', '5']),
      );
      await group(page, 'window-closed').locator('summary').click();
      await showsRows(10);
      await page.getByRole('button', { name: 'Show all 30' }).click();
      await showsRows(30);
    });
  });

  test('when one is retried, then it goes at once; one that may have arrived is asked about first', async () => {
    await withPage(troubled(), {}, async (page, { retried }) => {
      await group(page, 'later_threw').locator('summary').click();
      await rowsOf(page, 'later_threw').first().getByRole('button', { name: 'Retry' }).click();
      await page.getByText('1 is on the way again').waitFor();
      await group(page, 'later_threw').locator('summary .chip', { hasText: '14' }).waitFor();

      await group(page, 'unknown').locator('summary').click();
      await rowsOf(page, 'unknown').first().getByRole('button', { name: 'Retry' }).click();
      await page
        .getByRole('dialog', { name: 'Retry this dead letter?' })
        .getByText('may show them')
        .waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      expect(retried).toHaveLength(1);
    });
  });

  test('when all of a reason are dropped, then only after a question', async () => {
    await withPage(troubled(), {}, async (page) => {
      await group(page, 'later_threw').locator('summary').click();
      const dropAll = page.getByRole('button', { name: 'Drop all' });
      await dropAll.click();
      const dialog = page.getByRole('dialog', { name: 'Drop these 15 dead letters?' });
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(await group(page, 'later_threw').locator('summary .chip').textContent()).toBe('15');

      await dropAll.click();
      await dialog.getByRole('button', { name: 'Drop', exact: true }).click();
      await page.getByText('15 dropped').waitFor();
      await group(page, 'later_threw').waitFor({ state: 'detached' });
      expect(await page.locator('.group summary .chip').allTextContents()).toEqual(['30', '5']);
    });
  });

  test('when one is gone meanwhile, then a sentence says so', async () => {
    const told = troubled();
    server = await showServer(told);
    const { page, complaints, close } = await openPage(browser, server.url, { locale: 'zh-CN' }, '#handlers');
    await group(page, 'unknown').locator('summary').click();
    const drop = rowsOf(page, 'unknown').first().getByRole('button', { name: '丢弃' });
    await drop.click();
    server.tell({ ...told, letters: told.letters.filter(({ reason }) => reason !== 'unknown') });
    await page.getByRole('dialog').getByRole('button', { name: '丢弃' }).click();
    await page.getByText('没有成功：这条死信已经不在了').waitFor();
    await close();
    // The browser's own words for the answer.
    expect(complaints.filter((text) => !text.includes('status of 404'))).toEqual([]);
  });

  test('when one is shown, then what was written comes only when it is asked for', async () => {
    await withPage(troubled(), { locale: 'zh-CN' }, async (page) => {
      await group(page, 'window-closed').locator('summary').click();
      await rowsOf(page, 'window-closed').first().getByRole('button', { name: '查看' }).click();
      const dialog = page.getByRole('dialog', { name: '死信' });
      await dialog.getByText('45015').waitFor();
      expect(await dialog.textContent()).not.toContain('订单');
      await dialog.getByRole('button', { name: '显示消息内容' }).click();
      await dialog.getByText('订单已经发出').waitFor();
    });
  });
});

describe('given troubles', () => {
  test.each([
    ['zh-CN', '复制报告', /^场景：客服消息-发送客服消息\n.*errcode：45015/s],
    ['en-US', 'Copy report', /^Scene: Send a customer-service message\n.*errcode: 45015/s],
  ] as const)('when a report is copied in %s, then it is on the clipboard', async (locale, label, text) => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    await withPage(troubled(), { locale, permissions }, async (page) => {
      await page.getByRole('button', { name: label }).first().click();
      await page.locator('.notice.good').waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(text);
    });
  });

  test('when the browser gives no clipboard, then the report is shown to be copied by hand', async () => {
    await withPage(troubled(), {}, async (page) => {
      await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined })`);
      await page.getByRole('button', { name: 'Copy report' }).first().click();
      const report = page.getByRole('textbox', { name: 'Problem report' });
      expect(await report.inputValue()).toContain('errcode: 45015');
      expect(await page.evaluate('getSelection().toString()')).toContain('errcode: 45015');
    });
  });
});

describe('given readers of two languages, on any screen, by day and by night', () => {
  test('when language and theme are switched, then both are remembered', async () => {
    await withPage(healthy(), { colorScheme: 'dark' }, async (page) => {
      expect(await brightness(page)).toBeLessThan(60);
      await page.getByRole('button', { name: '中文' }).click();
      await page.getByRole('button', { name: '外观：跟随系统' }).click();
      await page.reload();
      await page.getByRole('heading', { name: '一切正常' }).waitFor();
      expect(await brightness(page)).toBeGreaterThan(200);
    });
  });

  test.each(['zh-CN', 'en-US'])(
    'when the screen is narrow (%s), then nothing sticks out of it',
    async (locale) => {
      const told = troubled();
      const letters = told.letters.map((letter) => ({ ...letter, detail: 'W'.repeat(300) }));
      await withPage({ ...told, letters }, { locale }, async (page) => {
        await group(page, 'window-closed').locator('summary').click();
        for (const width of [1280, 720, 390, 320]) {
          await page.setViewportSize({ width, height: 800 });
          expect([width, await overflow(page, '.visually-hidden, pre, svg, thead')]).toEqual([width, []]);
        }
      });
    },
  );
});

describe('given hands on the keyboard', () => {
  test('when a letter is dropped by keys alone, then every step has the focus that is expected', async () => {
    await withPage(troubled(), {}, async (page) => {
      await group(page, 'unknown').locator('summary').focus();
      await page.keyboard.press('Enter');
      await rowsOf(page, 'unknown').first().waitFor();
      for (let tabs = 0; tabs < 5; tabs += 1) await page.keyboard.press('Tab'); // two of the group, then show, retry, drop
      await page.keyboard.press('Enter');
      await page.locator('dialog button:focus', { hasText: 'Cancel' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.locator('.rows button:focus', { hasText: 'Drop' }).waitFor();

      await page.keyboard.press('Enter');
      await page.locator('dialog button:focus').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByText('1 dropped').waitFor();
    });
  });

  test('when arrows walk along a chart, then the figures of that minute are read', async () => {
    await withPage(troubled(), {}, async (page) => {
      const readout = page.locator('#times .readout');
      const hour = await readout.textContent();
      await page.locator('#times svg').focus();
      for (let presses = 0; presses < 20; presses += 1) await page.keyboard.press('ArrowLeft');
      await eventually(async () =>
        expect(await readout.textContent()).toMatch(/^p50 1\d\d ms · p99 4\.\d+ s$/),
      );
      await page.keyboard.press('Tab');
      await eventually(async () => expect(await readout.textContent()).toBe(hour));
    });
  });
});

describe('given a server that goes away while its page is open', () => {
  test.each([undefined, KEY])(
    'when it comes back (key: %s), then the page says both and goes on by itself',
    async (key) => {
      server = await showServer(healthy(), key);
      const ready = key === undefined ? '#handlers' : 'form';
      const { page, complaints, close } = await openPage(browser, server.url, { locale: 'en-US' }, ready);
      if (key !== undefined) await signIn(page, key);
      await page.getByRole('heading', { name: 'All is well' }).waitFor();
      await server.stop();
      await page.getByRole('heading', { name: 'Connection lost' }).waitFor();
      await page.getByText('No connection to the server for').waitFor();
      expect(await page.title()).toBe('⚠ Operations');
      expect(await page.locator('#handlers').count()).toBe(1); // how it was before stays there, dimmed

      server.tell(troubled());
      await server.start();
      await page.getByRole('heading', { name: 'Something has to be done' }).waitFor();
      await page.locator('.lamp.open').waitFor();
      await close();
      // The browser's own words for each attempt meanwhile.
      expect(complaints.filter((text) => !text.includes('net::ERR_'))).toEqual([]);
    },
  );
});

describe('given a server that hangs while its connections stay', () => {
  test('when nothing comes any more, then the page says so, and goes on once something comes', async () => {
    await withPage(healthy(), {}, async (page, shown) => {
      shown.freeze(true);
      await page.getByRole('heading', { name: 'Connection lost' }).waitFor({ timeout: 20_000 });
      shown.freeze(false);
      await page.getByRole('heading', { name: 'All is well' }).waitFor({ timeout: 20_000 });
    });
  });
});

describe('given a server with a key', () => {
  test('when it answers before the browser has drawn, then the form is there all the same', async () => {
    server = await showServer(healthy(), KEY);
    const context = await browser.newContext();
    const page = await context.newPage();
    // The page listens once it has drawn, a second late here.
    await page.addInitScript(`
      const after = setTimeout;
      requestAnimationFrame = () => 0;
      setTimeout = (run, ms, ...rest) => after(run, ms === 35 || ms === 100 ? 1000 : ms, ...rest);
    `);
    await page.goto(server.url);
    await page.locator('form').waitFor();
    await context.close();
  });

  test('when a wrong key is shown, then the page says so; the right one lets in for good', async () => {
    await withPage(healthy(), { key: KEY }, async (page) => {
      await page.locator('input:focus').waitFor();
      await signIn(page, 'a wrong key');
      await page.getByText('That is not the key.').waitFor();
      await signIn(page, KEY);
      await page.locator('#handlers').waitFor();
      await page.reload();
      await page.locator('#handlers').waitFor();

      const kept = await page.evaluate<string>(
        'JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])',
      );
      expect(kept).not.toContain(KEY);
      expect(await page.evaluate('document.cookie')).toBe('');
      const [cookie] = await page.context().cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', name: 'wechat-callback-operator' });

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.locator('form').waitFor();
    });
  });

  test('when too many keys were wrong, then it says when to come back', async () => {
    await withPage(healthy(), { key: KEY, locale: 'zh-CN' }, async (page) => {
      for (let guess = 0; guess < 10; guess += 1) {
        await page.locator('input').fill(`guess ${guess}`);
        const answered = page.waitForResponse('**/session');
        await page.keyboard.press('Enter');
        await answered;
      }
      await signIn(page, KEY);
      await page.getByText('输错的次数太多，请过一分钟再试。').waitFor();
    });
  });

  test('when the server comes back with another key, then the page asks for it', async () => {
    server = await showServer(healthy(), KEY);
    const { page, complaints, close } = await openPage(browser, server.url, { locale: 'en-US' }, 'form');
    await signIn(page, KEY);
    await page.locator('#handlers').waitFor();
    await server.stop();
    await server.start(`${KEY}, changed`);
    await page.locator('input:focus').waitFor();
    await signIn(page, `${KEY}, changed`);
    await page.locator('#handlers').waitFor();
    await close();
    expect(complaints.filter((text) => !text.includes('net::ERR_'))).toEqual([]);
  });

  test('when a letter is dropped with the session, then it is gone', async () => {
    await withPage(troubled(), { key: KEY }, async (page) => {
      await signIn(page, KEY);
      await group(page, 'unknown').locator('summary').click();
      await rowsOf(page, 'unknown').first().getByRole('button', { name: 'Drop' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
      await group(page, 'unknown').locator('summary .chip', { hasText: '4' }).waitFor();
    });
  });
});

async function signIn(page: Page, key: string): Promise<void> {
  await page.locator('input').fill(key);
  await page.keyboard.press('Enter');
}
