// `node --import tsx scripts/operator-pictures.mjs`: the pictures of the operator's page in docs/images, of a made-up server.
import { launchBrowser } from '../test/support/processes/browser.js';
import { troubledServer } from '../test/support/operator/made-up-server.js';
import { showServer } from '../test/support/operator/show-server.js';

const DESK = { width: 1280, height: 900 };
const PICTURES = /** @type {const} */ ({
  'operator-page-zh': { locale: 'zh-CN', viewport: DESK },
  'operator-page-en': { locale: 'en-US', viewport: DESK },
  'operator-page-dark': { locale: 'en-US', viewport: DESK, colorScheme: 'dark' },
  'operator-page-phone': { locale: 'zh-CN', viewport: { width: 390, height: 844 } },
});

const server = await showServer(troubledServer(Date.now()));
const browser = await launchBrowser();
for (const [name, options] of Object.entries(PICTURES)) {
  const page = await browser.newPage(options);
  await page.goto(server.url);
  await page.locator('#troubles').waitFor();
  await page.screenshot({ path: `docs/images/${name}.png` });
  await page.close();
}
await browser.close();
await server.stop();
