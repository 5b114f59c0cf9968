import { skipped } from '../step.js';

/** With a faulty configuration all other steps are skipped. */
export const settingsSkipped = skipped('配置有误，先改配置', 'the configuration has to be mended first');

/** A step on the way before this one fails. */
export const earlier = skipped(
  '前面的步骤没通过，看不到这一步',
  'an earlier step fails, so this cannot be seen',
);

export const noToken = skipped('没有 access_token，问不了', 'without an access token it cannot be asked');
