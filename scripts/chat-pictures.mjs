// `npm run build && node --import tsx scripts/chat-pictures.mjs`: the pictures of the sandbox's chat page in docs/images.
import { launchBrowser } from '../test/support/processes/browser.js';
import { startSandboxUpstream } from '../test/support/processes/sandbox-upstream.js';

const DESK = { width: 1280, height: 800 };
const PICTURES = /** @type {const} */ ({
  'chat-page-zh': { locale: 'zh-CN', viewport: DESK },
  'chat-page-en': { locale: 'en-US', viewport: DESK },
  'chat-page-dark': { locale: 'en-US', viewport: DESK, colorScheme: 'dark' },
  'chat-page-phone': { locale: 'zh-CN', viewport: { width: 390, height: 780 } },
});

const MENU = {
  button: [
    { type: 'view', name: '官网', url: 'https://www.example.com/' },
    { name: '更多', sub_button: [{ type: 'click', name: '赞一下', key: 'V1001_GOOD' }] },
    { type: 'click', name: '帮助', key: 'HELP' },
  ],
};

const [far, browser] = await Promise.all([startSandboxUpstream(), launchBrowser()]);
try {
  await chat();
  for (const [name, options] of Object.entries(PICTURES)) await take(name, options);
} finally {
  await browser.close();
  await far.stop();
}

async function chat() {
  await far.tidy();
  const { appId, appSecret } = far.sandbox.state.account();
  const { access_token: token } = await far.call('POST', '/cgi-bin/stable_token', {
    grant_type: 'client_credential',
    appid: appId,
    secret: appSecret,
  });
  await far.call('POST', `/cgi-bin/menu/create?access_token=${String(token)}`, MENU);
  await far.call('POST', '/api/push', { kind: 'message.text', fields: { Content: '帮助' } });
  await far.call('POST', '/api/act', { action: 'tap', button: '1.0' });
  await far.call('POST', '/api/push', { kind: 'message.text', fields: { Content: '慢' } });
}

/** @param {string} name @param {(typeof PICTURES)[keyof typeof PICTURES]} options */
async function take(name, options) {
  const page = await browser.newPage(options);
  await page.goto(far.sandbox.url());
  await page.locator('.line.theirs[data-via=customer-service]').waitFor({ timeout: 10_000 });
  if (options.viewport === DESK) {
    await page.locator('.push-row').first().click();
    await page.locator('.flag').waitFor();
  }
  await page.screenshot({ path: `docs/images/${name}.png` });
  await page.close();
}
