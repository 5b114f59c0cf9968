import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { closeServer, listen } from '../../src/http/listen.js';
import { systemClock } from '../../src/ports/clock.js';
import { createTestApp, USER_TEXT } from '../support/app/test-app.js';
import { launchBrowser, openPage } from '../support/processes/browser.js';
import { eventually } from '../support/time/eventually.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 180_000);
afterAll(() => browser.close());

describe('given the whole server and its page', () => {
  test('when pushes come and an answer cannot be sent, then the page tells of them, and retries and drops for real', async () => {
    let channel: 'passive' | 'customer-service' = 'passive';
    const app = await createTestApp({
      clock: systemClock,
      settings: { MAX_PUSH_AGE_S: '0', LATE_REPLY: 'customer-service' },
      handlers: {
        echo: {
          on: 'message.text',
          when: (push) => 'content' in push && push.content === 'now',
          handle: (ctx) => ctx.reply.text(USER_TEXT),
        },
        slow: {
          on: 'message.text',
          handle: (ctx) => ctx.defer('task'),
          later: (ctx) => ctx.reply.text(USER_TEXT, { channel }),
        },
      },
    });
    const adminPort = await listen(app.app.admin, { host: '127.0.0.1', port: 0, portName: 'ADMIN_PORT' });
    const url = `http://127.0.0.1:${adminPort}`;
    const { page, complaints, close } = await openPage(browser, url, { locale: 'en-US' }, '#handlers');
    await page.getByText('No push came within the last hour.').waitFor();

    await post(app.http, wire(textXml({ Content: 'now' })));
    await post(app.http, wire(textXml({ Content: 'first' })));
    await post(app.http, wire(textXml({ Content: 'second' })));
    await page.locator('#pushes .readout', { hasText: 'deferred 2 · replied 1' }).waitFor();
    await page.locator('.group summary .chip', { hasText: '2' }).waitFor();
    await page
      .locator('#handlers tr', { hasText: 'echo' })
      .locator('td.number', { hasText: '1' })
      .first()
      .waitFor();

    await page.locator('.group summary').click();
    const row = page.locator('.group .rows > li').first();
    channel = 'customer-service';
    await row.getByRole('button', { name: 'Retry' }).click();
    await eventually(() => expect(JSON.stringify(app.sent)).toContain(USER_TEXT));
    await page.locator('.group summary .chip', { hasText: '1' }).waitFor();

    await row.getByRole('button', { name: 'Drop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
    await page.locator('#dead-letters').waitFor({ state: 'detached' });
    expect(await app.app.deadLetters.list({}, 10)).toEqual({ letters: [], more: false });
    expect(await page.content()).not.toContain(USER_TEXT);
    await close();
    expect(complaints).toEqual([]);
    await closeServer(app.app.admin, 0);
    await app.close();
  });
});
