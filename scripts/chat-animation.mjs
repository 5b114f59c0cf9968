// `npm run build && node --import tsx scripts/chat-animation.mjs`: a late answer on the sandbox's chat page, as it happens, in docs/images.
import { writeFile } from 'node:fs/promises';
import { launchBrowser } from '../test/support/processes/browser.js';
import { startSandboxUpstream } from '../test/support/processes/sandbox-upstream.js';
import { animate } from './apng.mjs';

/** The chat, and beside it what the sandbox saw. */
const CLIP = { x: 256, y: 60, width: 1016, height: 440 };
const LANGUAGES = /** @type {const} */ ({
  zh: { locale: 'zh-CN', asked: '慢' },
  en: { locale: 'en-US', asked: 'slow' },
});

const [far, browser] = await Promise.all([startSandboxUpstream(), launchBrowser()]);
try {
  for (const [language, how] of Object.entries(LANGUAGES)) await record(language, how);
} finally {
  await browser.close();
  await far.stop();
}

/** @param {string} language @param {(typeof LANGUAGES)[keyof typeof LANGUAGES]} how */
async function record(language, { locale, asked }) {
  await far.tidy();
  const page = await browser.newPage({
    locale,
    viewport: { width: 1280, height: 500 },
    reducedMotion: 'reduce',
  });
  await page.goto(far.sandbox.url());
  await page.waitForSelector('.follower[aria-current]');
  /** @type {{ png: Buffer, ms: number }[]} */
  const frames = [];
  /** @param {number} ms how long it is shown */
  const shoot = async (ms) => void frames.push({ png: await page.screenshot({ clip: CLIP }), ms });

  const field = page.locator('.composer textarea');
  await field.fill(asked);
  await shoot(1_200);
  await field.press('Enter');
  await page.locator('.line.own').last().waitFor();
  for (let second = 0; second < 4; second += 1) {
    await shoot(1_000);
    await page.waitForTimeout(900);
  }
  await page.locator('.push-row').first().click();
  await page.locator('.flag, .verdict, .timeline').first().waitFor({ timeout: 10_000 });
  await page.waitForTimeout(300);
  await shoot(1_600);
  await page.locator('.line.theirs[data-via=customer-service]').last().waitFor({ timeout: 20_000 });
  await page.waitForTimeout(500);
  await shoot(5_000);
  await page.close();
  const path = `docs/images/late-answer-${language}.png`;
  const file = animate(frames);
  await writeFile(path, file);
  console.log(`${path}: ${frames.length} frames, ${Math.round(file.length / 1_024)} KB`);
}
