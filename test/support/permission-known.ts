import { expect } from '@jest/globals';
import type { App } from '../../src/app.js';
import { eventually } from './eventually.js';

/** Waits until WeChat said whether the accounts may send: most tests begin with a server that has been up for a moment. */
export const permissionKnown = (app: App): Promise<void> =>
  eventually(() =>
    expect(app.accounts().map(({ lateReply }) => lateReply.why)).not.toContain('not-known-yet'),
  );
